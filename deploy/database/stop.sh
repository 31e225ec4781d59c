#!/usr/bin/env bash
# Stops the server that start.sh started in a folder: deploy/database/stop.sh --dir DIR. Its data stays.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../process.sh"
[ "${1:-}" = --dir ] && [ -n "${2:-}" ] || { echo "usage: stop.sh --dir DIR" >&2; exit 2; }
Terminate "$2/pid"
rm -f "$2/assignments"
