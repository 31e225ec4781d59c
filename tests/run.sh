#!/usr/bin/env bash
# Runs the tests and ends with one line: N passed, N failed.
#
#   tests/run.sh [--unit] [--integration] [--database mariadb|mysql] [--filter NAME] [--fuzz]
#     --unit           only the unit tests, under AddressSanitizer and UBSan
#     --integration    only the integration tests: release binaries, real database servers, real clients; with them the leak and
#                      smuggle corpora of tests/conformance, the broken wires of tests/chaos, and a comparison of how servers and we
#                      read SQL
#     --database V     integration against one of the two databases; both otherwise
#     --filter NAME    only tests whose name contains NAME
#     --fuzz           also builds the fuzz targets and runs each for 60 s
#
# Installs what is missing (deploy/install-deps.sh) and builds first. POSTERN_FULL=1 runs the large variants of long tests.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2

unit=1 integration=1 fuzz="" filter="" databases=(mariadb mysql)
while [ $# -gt 0 ]; do
  case "$1" in
    --unit) integration=""; shift ;;
    --integration) unit=""; shift ;;
    --database) databases=("${2:?}"); shift 2 ;;
    --filter) filter="${2:?}"; shift 2 ;;
    --fuzz) fuzz=1; shift ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

results="$(mktemp -d /tmp/postern-tests.XXXXXX)"
trap 'rm -rf "$results"' EXIT
reports=()

Say() { printf '\n== %s\n' "$*"; }

# A step that is no test, but without which there are none: its failure is reported as one failed test.
Step() {
  Say "$1"
  shift
  "$@" && return 0
  echo "run.sh: failed: $*" >&2
  reports+=("$results/no-report-of-a-failed-step")
  return 1
}

Build() {
  local preset="$1"
  cmake --preset "$preset" >"$results/configure.log" 2>&1 || { cat "$results/configure.log"; return 1; }
  cmake --build --preset "$preset"
}

Unit() {
  Step "Building with AddressSanitizer and UBSan" Build asan || return
  Say "Unit tests"
  ctest --preset asan --output-junit "$results/unit.xml" -R "${filter:-.}" --no-tests=ignore
  [ -n "$filter" ] && ! grep -q '<testcase' "$results/unit.xml" || reports+=("$results/unit.xml")
}

Integration() {
  Step "Building the release programs" Build release || return
  Step "Node drivers" tests/support/node-modules.sh || return
  Step "MariaDB plugins" tests/support/mariadb-plugins.sh || return
  Step "Oracle MySQL" deploy/database/fetch-mysql.sh || return
  local database
  for database in "${databases[@]}"; do
    Suite "Integration tests on $database" tests/integration "$database"
    Suite "Leak and smuggle corpora on $database" tests/conformance "$database"
    Suite "Broken wires on $database" tests/chaos "$database"
  done
}

# Suite TITLE FOLDER DATABASE
Suite() {
  local report="$results/${2##*/}-$3.xml"
  Say "$1"
  POSTERN_BIN="${POSTERN_BIN:-$PWD/build/release/bin}" NODE_PATH="$(tests/support/node-modules.sh)" \
    POSTERN_MARIADB_PLUGINS="$(tests/support/mariadb-plugins.sh)" \
    /usr/bin/python3 -B -m pytest -q -p no:cacheprovider --timeout 300 --database="$3" -k "$filter" --junitxml "$report" "$2"
  [ $? -eq 5 ] && [ -n "$filter" ] || reports+=("$report")
}

# A sample of all that servers read, as they read it: two minutes. tests/conformance/sql/run.sh --full takes all of it.
Conformance() {
  local options=() database result="<failure/>"
  for database in "${databases[@]}"; do options+=(--database "$database"); done
  [ "${#databases[@]}" -eq 1 ] || options=()
  Say "How SQL is read, compared with real servers"
  POSTERNCTL="$PWD/build/release/bin/posternctl" tests/conformance/sql/run.sh ${options[@]+"${options[@]}"} && result=""
  echo "<testsuite><testcase name=\"conformance of SQL\">$result</testcase></testsuite>" >"$results/conformance.xml"
  reports+=("$results/conformance.xml")
}

Fuzz() {
  Step "Building the fuzz targets" Build fuzz || return
  local target cases=""
  for target in build/fuzz/tests/fuzz/fuzz_*; do
    [ -f "$target" ] && [ -x "$target" ] && [[ "$target" == *"$filter"* ]] || continue
    Say "Fuzzing: ${target##*/}, 60 s"
    mkdir -p "$results/corpus/${target##*/}"
    python3 tests/fuzz/sql_seeds.py "${target##*/}" "$results/corpus/${target##*/}"
    if "$target" -max_total_time=60 -timeout=10 -verbosity=0 -artifact_prefix=build/fuzz/ "$results/corpus/${target##*/}"; then
      cases+="<testcase name=\"${target##*/}\"/>"
    else
      cases+="<testcase name=\"${target##*/}\"><failure/></testcase>"
    fi
  done
  echo "<testsuite>$cases</testsuite>" >"$results/fuzz.xml"
  reports+=("$results/fuzz.xml")
}

needs=(--test)
[ -z "$fuzz" ] || needs+=(--fuzz)
if Step "Dependencies" deploy/install-deps.sh "${needs[@]}"; then
  [ -z "$unit" ] || Unit
  [ -z "$integration" ] || Integration
  [ -z "$integration" ] || [ -n "$filter" ] || Conformance
  [ -z "$fuzz" ] || Fuzz
fi

counted="$(/usr/bin/python3 -B tests/support/count.py "${reports[@]}")"
grep '^skipped: ' <<<"$counted"
read -r passed failed < <(tail -n 1 <<<"$counted")
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
