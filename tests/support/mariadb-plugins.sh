#!/usr/bin/env bash
# Prints a folder with MariaDB's server plugins (ed25519 logins): the system's, or one unpacked from the package into a cache folder,
# because installing that package would start a service. Idempotent.
set -euo pipefail
system=/usr/lib/mysql/plugin
if [ -e "$system/auth_ed25519.so" ]; then
  echo "$system"
  exit 0
fi
cache="${XDG_CACHE_HOME:-${HOME:?}/.cache}/postern/mariadb"
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
if [ ! -e "$cache/root$system/auth_ed25519.so" ]; then
  (cd "$cache" && apt-get -qq download mariadb-server && dpkg -x mariadb-server_*.deb root && rm -f mariadb-server_*.deb) >&2
fi
echo "$cache/root$system"
