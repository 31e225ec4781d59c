#!/usr/bin/env bash
# A real database server for a test: tests/servers/start.sh mariadb|mysql --dir DIR [--port N] [--tls]. See deploy/database/start.sh.
exec "$(dirname "${BASH_SOURCE[0]}")/../../deploy/database/start.sh" "$@"
