#!/usr/bin/env bash
# Installs from apt what building and running Postern needs and what is missing. Touches nothing that is there already.
#
#   deploy/install-deps.sh [--test] [--fuzz]
#     --test   also what tests/run.sh and tests/bench need
#     --fuzz   also clang, for the fuzz preset
#
# Needs root, or sudo. Starts no service: of MariaDB only the programs are installed, not the package with the service.
set -euo pipefail

build=(cmake ninja-build g++ pkg-config ccache
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libabsl-dev libssl-dev
  default-libmysqlclient-dev catch2 libasio-dev libyaml-cpp-dev libsqlite3-dev nlohmann-json3-dev
  libspdlog-dev libcli11-dev libsodium-dev libre2-dev libcurl4-openssl-dev libzstd-dev
  prometheus-cpp-dev)
run=(openssl ca-certificates jq procps iproute2 tzdata)
server=(mariadb-server-core mariadb-client-core)
tests=(chromium libbenchmark-dev python3 python3-pytest python3-pytest-timeout python3-pymysql python3-cryptography tcpdump gdb haproxy)
node=(nodejs npm)
fuzz=(clang-19 libclang-rt-19-dev llvm-19)

wanted=("${build[@]}" "${run[@]}")
# Any mysqld will do for the quick start: MariaDB's or Oracle's. Its own client comes with it.
{ command -v mysqld || command -v mariadbd || [ -x /usr/sbin/mysqld ] || [ -x /usr/sbin/mariadbd ]; } >/dev/null ||
  wanted+=("${server[@]}")
{ command -v mariadb || command -v mysql; } >/dev/null || wanted+=(mariadb-client-core)

for option in "$@"; do
  case "$option" in
    --test)
      wanted+=("${server[@]}" "${tests[@]}")
      { command -v node && command -v npm; } >/dev/null || wanted+=("${node[@]}")
      ;;
    --fuzz) wanted+=("${fuzz[@]}") ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "install-deps.sh: unknown option $option" >&2; exit 2 ;;
  esac
done

Installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${wanted[@]}"; do
  Installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "install-deps.sh: missing packages: ${missing[*]}" >&2
    echo "install-deps.sh: run it as root, or install sudo" >&2
    exit 1
  }
  as_root=(sudo)
fi

echo "Installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
"${apt[@]}" update
"${apt[@]}" install --no-install-recommends "${missing[@]}"
