#!/usr/bin/env bash
# Builds Postern and runs all of it on this machine: a private database with sample data, relay, gateway, one agent, one
# reviewer. Then walks through what an agent may do and what it may not, and leaves the stack running.
#
#   deploy/quickstart.sh [--state DIR] [--database mariadb|mysql] [--mysql-port N] [--no-tour]
#   deploy/quickstart.sh status|stop [--state DIR]
#
#   --state DIR       everything it writes is in there; default .postern in this checkout. Two folders are two stacks.
#   --database V      default: an installed Oracle mysqld if there is one, else MariaDB. mysql fetches one where there is none.
#   --mysql-port N    where agents connect; default 3307, or a free port when that is taken
#   --no-tour         set up only
#
# Running it again is quick and safe: it keeps what is there and starts what is not running.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/deploy/process.sh"
. "$root/deploy/certificates.sh"
for part in database configuration stack tokens tour; do
  . "$root/deploy/demo/$part.sh"
done

Fail() { echo "quickstart: $*" >&2; exit 1; }
Misuse() { echo "quickstart: $*" >&2; exit 2; }
# Bold and faint, for a terminal that wants it (https://no-color.org).
bold="" faint="" plain=""
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' faint=$'\033[2m' plain=$'\033[0m'; fi
Say() { echo "$bold== $*$plain"; }

ParseArguments() {
  command=start state="$root/.postern" database="" mysql_port="" tour=1
  while [ $# -gt 0 ]; do
    case "$1" in
      start | stop | status) command="$1"; shift ;;
      --state) state="${2:?--state needs a folder}"; shift 2 ;;
      --database) database="${2:?--database needs mariadb or mysql}"; shift 2 ;;
      --mysql-port) mysql_port="${2:?--mysql-port needs a number}"; shift 2 ;;
      --no-tour) tour=""; shift ;;
      -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
      *) Misuse "unknown argument $1; --help lists them" ;;
    esac
  done
  case "$database" in "" | mariadb | mysql) ;; *) Misuse "--database is mariadb or mysql" ;; esac
  case "$mysql_port" in "") ;; *[!0-9]* | ??????*) Misuse "--mysql-port is a number from 1 to 65535" ;; esac
  [ -z "$mysql_port" ] || { [ "$mysql_port" -ge 1 ] && [ "$mysql_port" -le 65535 ]; } || Misuse "--mysql-port is a number from 1 to 65535"
}

# Everything that other steps read: where things are, and what they are called.
NameThings() {
  bin="${POSTERN_BIN:-$root/build/release/bin}"
  certificates="$state/certificates" gateway="$state/gateway" relay="$state/relay" tokens="$state/tokens"
  agent=orders-bot reviewer=dana target=orders-demo
}

Build() {
  [ -z "${POSTERN_BIN:-}" ] || return 0
  Say "Building (build/release)"
  "$root/deploy/install-deps.sh"
  (cd "$root" && cmake --preset release >"$state/configure.log" || { cat "$state/configure.log"; exit 1; })
  (cd "$root" && cmake --build --preset release --target postern-gateway postern-relay posternctl)
}

Start() {
  mkdir -p "$state"
  chmod 700 "$state"
  state="$(cd "$state" && pwd)"
  exec 8>"$state/.lock"
  flock -n 8 || Fail "another quickstart is at work in $state"
  NameThings
  Build
  Say "Starting the database"
  StartDatabase
  LoadShop
  Say "Starting gateway and relay"
  MakeCertificates
  ChoosePorts
  WriteConfiguration
  StartStack
  WriteDemoEnvironment
  [ -z "$tour" ] || Tour
  Summary
}

ParseArguments "$@"
case "$command" in
  start) Start ;;
  stop) [ -d "$state" ] || { echo "nothing has been started in $state"; exit 0; }; NameThings; StopStack ;;
  status) [ -d "$state" ] || Fail "nothing has been started in $state"; NameThings; Status ;;
esac
