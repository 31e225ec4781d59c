#!/usr/bin/env bash
# Stops what start.sh started: tests/servers/stop.sh --dir DIR.
exec "$(dirname "${BASH_SOURCE[0]}")/../../deploy/database/stop.sh" "$@"
