#!/usr/bin/env bash
# Fetches a real Oracle MySQL (server and command line) for trying and testing Postern, without installing anything:
# Debian's unstable suite carries it, so a private apt root downloads the packages from the mirror this machine already uses
# and they are unpacked into a cache folder. Prints that folder. Idempotent; needs no root.
#
# The folder holds bin/mysqld and bin/mysql, which run through the unpacked tree's own dynamic loader, because the
# packages expect a newer C library than the machine has.
set -euo pipefail

cache="${POSTERN_MYSQL_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/postern/mysql}"
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
if [ -e "$cache/ready" ]; then
  echo "$cache"
  exit 0
fi

# The mirror of the machine's own main archive; security and updates live elsewhere and have no unstable suite.
Mirror() {
  apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' |
    awk '$2 !~ /-(security|updates|backports)$/ && $3 == "main" && !found { print $1; found = 1 }'
}

Fetch() {
  local site apt="$cache/apt"
  site="$(Mirror)"
  [ -n "$site" ] || { echo "fetch-mysql.sh: apt knows no Debian mirror on this machine" >&2; return 1; }
  rm -rf "$apt"
  mkdir -p "$apt/state/lists/partial" "$apt/archives/partial" "$apt/etc/preferences.d" "$apt/etc/apt.conf.d"
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site sid main" >"$apt/sources.list"
  local options=(
    -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives"
    -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::Etc::preferences=/dev/null -o "Dir::Etc::preferencesparts=$apt/etc/preferences.d"
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o APT::Install-Recommends=false -o APT::Sandbox::User=)
  apt-get -qq "${options[@]}" update
  apt-get -qq -y "${options[@]}" --download-only install mysql-server-core mysql-client-core
}

Unpack() {
  local archive
  rm -rf "$cache/root"
  mkdir -p "$cache/root"
  for archive in "$cache"/apt/archives/*.deb; do
    case "${archive##*/}" in
      *perl* | *-gconv-*) ;; # wanted by the packages' scripts, not by the programs
      *) dpkg -x "$archive" "$cache/root" ;;
    esac
  done
}

# Wrapper NAME FLAG...: a script that runs the unpacked program through the unpacked loader.
Wrapper() {
  local name="$1" loader program
  shift
  loader="$(find "$cache/root" -name 'ld-linux*.so.*' | sort | head -n 1)"
  program="$(find "$cache/root/usr" -path "*bin/$name" -type f | sort | head -n 1)"
  [ -n "$loader" ] && [ -n "$program" ] || { echo "fetch-mysql.sh: $name was not in the packages" >&2; return 1; }
  {
    echo '#!/bin/sh'
    printf 'exec "%s" --library-path "%s" "%s"' "$loader" "$(Libraries)" "$program"
    [ $# -eq 0 ] || printf ' "%s"' "$@"
    printf ' "$@"\n'
  } >"$cache/bin/$name"
  chmod +x "$cache/bin/$name"
}

Libraries() {
  find "$cache/root" -name 'lib*.so.*' -printf '%h\n' | grep -v /plugin | sort -u | paste -s -d :
}

echo "Fetching MySQL (70 MB) into $cache" >&2
Fetch >&2
Unpack >&2
mkdir -p "$cache/bin"
Wrapper mysqld --no-defaults "--basedir=$cache/root/usr" "--lc-messages-dir=$cache/root/usr/share/mysql" \
  "--plugin-dir=$cache/root/usr/lib/mysql/plugin" --secure-file-priv=NULL --mysqlx=OFF
Wrapper mysql
rm -rf "$cache/apt"
"$cache/bin/mysqld" --version >&2
touch "$cache/ready"
echo "$cache"
