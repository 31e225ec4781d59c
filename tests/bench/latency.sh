#!/usr/bin/env bash
# Compares ways to the same database, in one run on this machine: what a point SELECT costs directly, through one HAProxy, through
# HAProxy -> TLS -> HAProxy (which is what carries bytes as far as Postern does, and decides nothing), and through Postern.
#
#   tests/bench/latency.sh [--database mariadb|mysql] [--seconds N]
#
# The clients speak TLS to the server on every way, as agents do; the table's last column compares with the direct way. Postern alone
# makes a record durable before each statement runs, so what this disk takes for that is printed too.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
. "$root/deploy/process.sh"

database=mariadb seconds=5
while [ $# -gt 0 ]; do
  case "$1" in
    --database) database="$2"; shift 2 ;;
    --seconds) seconds="$2"; shift 2 ;;
    *) echo "latency.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

work="$(mktemp -d /tmp/postern-bench.XXXXXX)"
Finish() {
  Terminate "$work/haproxy.pid"
  "$root/deploy/quickstart.sh" stop --state "$work/state" >/dev/null
  rm -rf "$work"
}
trap Finish EXIT

if [ -z "${POSTERN_BIN:-}" ]; then
  "$root/deploy/install-deps.sh" --test
  (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release >/dev/null)
  export POSTERN_BIN="$root/build/release/bin"
fi
"$root/deploy/quickstart.sh" --state "$work/state" --database "$database" --no-tour >"$work/quickstart.log" || { cat "$work/quickstart.log"; exit 1; }
. "$work/state/demo.env"
. "$work/state/database.env"

one_hop="$(FreePort 21301)" first_hop="$(FreePort 21302)" second_hop="$(FreePort 21303)"
cat "$work/state/certificates/gateway.pem" "$work/state/certificates/gateway.key" >"$work/hop.pem"
cat >"$work/haproxy.cfg" <<CFG
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen one_hop
  bind 127.0.0.1:$one_hop
  server database 127.0.0.1:$POSTERN_DB_PORT
listen first_hop
  bind 127.0.0.1:$first_hop
  server second 127.0.0.1:$second_hop ssl verify required ca-file $POSTERN_CA
listen second_hop
  bind 127.0.0.1:$second_hop ssl crt $work/hop.pem
  server database 127.0.0.1:$POSTERN_DB_PORT
CFG
PATH="$PATH:/usr/sbin" Launch "$work/haproxy.pid" "$work/haproxy.log" haproxy -db -f "$work/haproxy.cfg"
until PortTaken "$second_hop"; do sleep 0.1; done

# Measure NAME PORT USER PASSWORD CA CONNECTIONS -> one row; the first way of each group is what the others are compared with.
Measure() {
  local name="$1" port="$2" user="$3" password="$4" ca="$5" connections="$6" rate median tail
  read -r rate median tail < <(MYSQL_PWD="$password" "$POSTERN_BIN/bench_point_selects" 127.0.0.1 "$port" "$user" "$connections" "$seconds" "$ca")
  [ "$name" != direct ] || base="$median"
  printf '%-28s %11d %10d %10d %10d %12s\n' "$name" "$connections" "$median" "$tail" "$rate" \
    "$(awk -v a="$median" -v b="$base" 'BEGIN { printf "%.2fx", a / b }')"
}

password="$(cat "$work/state/relay/password")"
# The mean of a few hundred small synced writes, in microseconds.
SyncTime() {
  local took
  took="$(LC_ALL=C dd if=/dev/zero of="$work/sync" bs=512 count=300 oflag=dsync 2>&1 | sed -n 's/.*copied, \([0-9.e-]*\) s.*/\1/p')"
  awk -v took="$took" 'BEGIN { printf "%.0f", took / 300 * 1e6 }'
}

printf '%s, %s s each, %s cores, %s us for a synced write\n' "$version" "$seconds" "$(nproc)" "$(SyncTime)"
printf '%-28s %11s %10s %10s %10s %12s\n' way connections "p50 us" "p99 us" "queries/s" "p50/direct"
for connections in 1 8; do
  Measure direct "$POSTERN_DB_PORT" postern_relay "$password" "$ca" "$connections"
  Measure "HAProxy" "$one_hop" postern_relay "$password" "$ca" "$connections"
  Measure "HAProxy -> TLS -> HAProxy" "$first_hop" postern_relay "$password" "$ca" "$connections"
  Measure Postern "$POSTERN_MYSQL_PORT" "$POSTERN_AGENT+$POSTERN_TARGET" "$POSTERN_AGENT_TOKEN" "$POSTERN_CA" "$connections"
done
