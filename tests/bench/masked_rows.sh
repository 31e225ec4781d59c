#!/usr/bin/env bash
# What masks cost on a large result, through the whole stack: a table of a million rows of eight columns, read directly, through
# Postern without masks, and through Postern with three of its columns masked, as text and by a prepared statement.
#
#   tests/bench/masked_rows.sh [--database mariadb|mysql] [--rounds N] [--rows N]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

database=mariadb rounds=3 rows=1000000
while [ $# -gt 0 ]; do
  case "$1" in
    --database) database="$2"; shift 2 ;;
    --rounds) rounds="$2"; shift 2 ;;
    --rows) rows="$2"; shift 2 ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "masked_rows.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

work="$(mktemp -d /tmp/postern-bench.XXXXXX)"
trap '"$root/deploy/quickstart.sh" stop --state "$work/state" >/dev/null; rm -rf "$work"' EXIT

if [ -z "${POSTERN_BIN:-}" ]; then
  "$root/deploy/install-deps.sh" --test
  (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release >/dev/null)
  export POSTERN_BIN="$root/build/release/bin"
fi
"$root/deploy/quickstart.sh" --state "$work/state" --database "$database" --no-tour >"$work/quickstart.log" || { cat "$work/quickstart.log"; exit 1; }
. "$work/state/demo.env"
. "$work/state/database.env"

"$client" --no-defaults --socket "$POSTERN_DB_SOCKET" --user=root shop <<SQL
CREATE TABLE wide (a BIGINT PRIMARY KEY, b INT, c VARCHAR(60), d VARCHAR(40), e VARCHAR(40), f DOUBLE, g DATETIME, h VARCHAR(100));
INSERT INTO wide SELECT n, n % 97, CONCAT('person', n, '@example.org'), LPAD(n, 16, '4'), CONCAT('+49 30 ', n), n / 7, '2026-01-05 10:00:00', REPEAT(CHAR(97 + n % 26), 40)
  FROM (WITH RECURSIVE k AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM k WHERE i < 999) SELECT x.i * 1000 + y.i AS n FROM k AS x, k AS y) AS numbers WHERE n < $rows;
SQL

# Policy NAME: with masks or without; in force once the gateway says so.
Policy() {
  local masks="masks: []"
  [ "$1" = plain ] || masks="masks:
  - { columns: [shop.wide.c], with: email }
  - { columns: [shop.wide.d], with: { keep_last: 4 } }
  - { columns: [shop.wide.e], with: redact }"
  cat >"$work/policy.yaml" <<YAML
version: 1
$masks
rules:
  - { name: reads, agents: ["*"], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"] } }
access:
  - { agents: ["*"], targets: ["*"], open: automatic }
YAML
  "$POSTERN_BIN/posternctl" --api "$POSTERN_API" --ca "$POSTERN_CA" --token-file "$work/state/tokens/admin" policy apply "$work/policy.yaml" >/dev/null
}

# Measure FORMAT PORT USER PASSWORD CA -> rows per second
Measure() { MYSQL_PWD="$4" "$POSTERN_BIN/bench_rows" 127.0.0.1 "$2" "$3" "$1" wide "$rounds" "$5"; }

password="$(cat "$work/state/relay/password")"
printf '%s, %s rows of 8 columns, best of %s, %s cores\n' "$version" "$rows" "$rounds" "$(nproc)"
printf '%-8s %12s %16s %16s %14s %14s\n' format direct/s "no masks/s" "three masked/s" masked/none none/direct
for format in text binary; do
  direct="$(Measure "$format" "$POSTERN_DB_PORT" postern_relay "$password" "$ca")"
  Policy plain
  plain="$(Measure "$format" "$POSTERN_MYSQL_PORT" "$POSTERN_AGENT+$POSTERN_TARGET" "$POSTERN_AGENT_TOKEN" "$POSTERN_CA")"
  Policy masked
  masked="$(Measure "$format" "$POSTERN_MYSQL_PORT" "$POSTERN_AGENT+$POSTERN_TARGET" "$POSTERN_AGENT_TOKEN" "$POSTERN_CA")"
  awk -v f="$format" -v d="$direct" -v p="$plain" -v m="$masked" 'BEGIN { printf "%-8s %12d %16d %16d %14.2f %14.2f\n", f, d, p, m, m / p, p / d }'
done
