#!/usr/bin/env bash
# Starts a private database server on 127.0.0.1, all of it inside one folder.
#
#   deploy/database/start.sh mariadb|mysql --dir DIR [--port N] [--tls] [-- FLAG...]
#
# mysql is an installed Oracle mysqld, or the one fetch-mysql.sh gets. Flags after -- are for the server itself. Prints shell
# assignments: vendor version port socket pid client, and ca with --tls. Its root has no password and is reached through the
# socket only, in a folder nobody else can enter. Running it again on a folder whose server is up just prints them. Stop with
# stop.sh --dir DIR.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../process.sh"
. "$here/../certificates.sh"

Fail() { echo "start.sh: $*" >&2; exit 1; }

vendor="${1:-}" dir="" port="" tls="" own_flags=()
[ $# -eq 0 ] || shift
while [ $# -gt 0 ]; do
  case "$1" in
    --dir) dir="${2:?--dir needs a folder}"; shift 2 ;;
    --port) port="${2:?--port needs a number}"; shift 2 ;;
    --tls) tls=1; shift ;;
    --) shift; own_flags=("$@"); break ;;
    *) Fail "unknown option $1" ;;
  esac
done
[ -n "$dir" ] || Fail "usage: start.sh mariadb|mysql --dir DIR [--port N] [--tls] [-- FLAG...]"
mkdir -p "$dir"
chmod 700 "$dir"
dir="$(cd "$dir" && pwd)"
PATH="$PATH:/usr/sbin:/sbin"

case "$vendor" in
  mariadb) . "$here/mariadb.sh" ;;
  mysql) . "$here/mysql.sh" ;;
  *) Fail "the database is mariadb or mysql, not '$vendor'" ;;
esac

# The path of a Unix socket must fit in 107 bytes.
SocketPath() {
  if [ "${#dir}" -le 90 ]; then
    echo "$dir/mysql.sock"
  else
    echo "$(mktemp -d /tmp/postern-db.XXXXXX)/mysql.sock"
  fi
}

Query() { "$client" --no-defaults --socket="$socket" --user=root --batch --skip-column-names --execute="$1"; }

WaitUntilReady() {
  local deadline=$((SECONDS + 120))
  until Query "SELECT 1" >/dev/null 2>&1; do
    Running "$dir/pid" || { tail -n 20 "$dir/log" >&2; Fail "the database did not start; its log is $dir/log"; }
    [ "$SECONDS" -lt "$deadline" ] || Fail "the database is not ready after 120 s; its log is $dir/log"
    sleep 0.1
  done
}

ServerFlags() {
  printf '%s\n' "--datadir=$dir/data" "--socket=$socket" "--pid-file=$dir/server.pid" --bind-address=127.0.0.1 "--port=$port" \
    "--user=$(id -un)" --skip-name-resolve --max-connections=500 --max-allowed-packet=256M --innodb-buffer-pool-size=128M
  [ -z "$tls" ] || printf '%s\n' "--ssl-ca=$dir/tls/ca.pem" "--ssl-cert=$dir/tls/server.pem" "--ssl-key=$dir/tls/server.key"
}

if ! Running "$dir/pid"; then
  port="$(FreePort "$port")"
  socket="$(SocketPath)"
  if [ -n "$tls" ]; then
    Ca "$dir/tls"
    Certificate "$dir/tls" server "DNS:localhost,IP:127.0.0.1"
  fi
  [ -e "$dir/initialised" ] || { rm -rf "$dir/data"; InitialiseData >>"$dir/log" 2>&1 || Fail "see $dir/log"; touch "$dir/initialised"; }
  mapfile -t flags < <(ServerFlags)
  Launch "$dir/pid" "$dir/log" "${server[@]}" "${flags[@]}" "${vendor_flags[@]}" ${own_flags[@]+"${own_flags[@]}"}
  WaitUntilReady
  {
    echo "vendor=$vendor"
    printf 'version=%q\n' "$(Query 'SELECT VERSION()')"
    echo "port=$port"
    printf 'socket=%q\n' "$socket"
    echo "pid=$(cut -d ' ' -f 1 "$dir/pid")"
    printf 'client=%q\n' "$client"
    [ -z "$tls" ] || printf 'ca=%q\n' "$dir/tls/ca.pem"
  } >"$dir/assignments"
fi
cat "$dir/assignments"
