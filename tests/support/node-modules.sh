#!/usr/bin/env bash
# Installs what tests/integration/package.json pins into a cache folder and prints its node_modules, for NODE_PATH. Idempotent.
set -euo pipefail
package="$(cd "$(dirname "${BASH_SOURCE[0]}")/../integration" && pwd)/package.json"
cache="${XDG_CACHE_HOME:-${HOME:?}/.cache}/postern/npm"
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
if ! cmp -s "$package" "$cache/installed.json"; then
  cp "$package" "$cache/package.json"
  npm install --prefix "$cache" --no-audit --no-fund --no-package-lock --ignore-scripts >&2
  cp "$package" "$cache/installed.json"
fi
echo "$cache/node_modules"
