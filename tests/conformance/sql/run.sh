#!/usr/bin/env bash
# Compares how Postern reads SQL with how real servers do: tests/conformance/sql/run.sh [--full | --listed] [--database mariadb|mysql] [--seed N].
# Without --full a sample of the corpus, two minutes for both servers side by side. Ends with one line for each; what differs and is
# not in differences/ stands before it and fails the run. POSTERNCTL names the program to ask; else the release one is built.
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/../../.." || exit 2

databases=(mariadb mysql) options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --database) databases=("${2:?}"); shift 2 ;;
    --full | --listed) options+=("$1"); shift ;;
    --seed) options+=("$1" "${2:?}"); shift 2 ;;
    -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

if [ -z "${POSTERNCTL:-}" ]; then
  cmake --preset release >/dev/null && cmake --build --preset release --target posternctl >&2 || exit 2
  POSTERNCTL="$PWD/build/release/bin/posternctl"
fi

# Both servers want the corpus and MySQL; each is fetched once.
case " ${databases[*]} " in *" mysql "*) command -v mysqld >/dev/null || deploy/database/fetch-mysql.sh >/dev/null || exit 2 ;; esac
/usr/bin/python3 -B "$here/corpus.py" || exit 2

results="$(mktemp -d /tmp/postern-conformance.XXXXXX)"
trap 'rm -rf "$results"' EXIT
for database in "${databases[@]}"; do
  /usr/bin/python3 -B "$here/run.py" --database "$database" --posternctl "$POSTERNCTL" ${options[@]+"${options[@]}"} >"$results/$database" &
  echo "$!" >"$results/$database.pid"
done
failed=0
for database in "${databases[@]}"; do
  wait "$(cat "$results/$database.pid")" || failed=1
  cat "$results/$database"
done
exit "$failed"
