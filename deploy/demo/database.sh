# The demo's database: a private server, the shop schema, and the one user that the relay has. Sourced by quickstart.sh.

StartDatabase() {
  [ -n "$database" ] || database="$(cat "$state/database.vendor" 2>/dev/null || DefaultDatabase)"
  [ "$(cat "$state/database.vendor" 2>/dev/null || echo "$database")" = "$database" ] ||
    Fail "$state holds a $(cat "$state/database.vendor") database; use another --state for $database"
  echo "$database" >"$state/database.vendor"
  "$root/deploy/database/start.sh" "$database" --dir "$state/database" --port "$(SavedPort database || echo 3316)" --tls \
    8>&- >"$state/database.env"
  # Prefixed, because "port" or "version" alone would mean anything.
  eval "$(sed 's/^/db_/' "$state/database.env")"
  SavePort database "$db_port"
}

# An Oracle server that is installed already is what this machine's owner uses.
DefaultDatabase() {
  local mysqld
  mysqld="$(PATH="$PATH:/usr/sbin" command -v mysqld || true)"
  if [ -n "$mysqld" ] && ! "$mysqld" --no-defaults --version 2>/dev/null | grep -q MariaDB; then
    echo mysql
  else
    echo mariadb
  fi
}

AsRoot() { "$db_client" --no-defaults --socket="$db_socket" --user=root "$@"; }

# What has been done to the data is noted beside the data, so that deleting the folder undoes both.
LoadShop() {
  if [ ! -e "$state/database/shop-loaded" ]; then
    AsRoot <"$root/deploy/demo/shop.sql"
    touch "$state/database/shop-loaded"
    echo "loaded the shop schema: 2,000 customers, 5,000 orders, 3,000 payments"
  fi
  MakeRelayUser
}

# The password goes from the generator into the relay's file and, over the socket, into the database: never into an argument list.
MakeRelayUser() {
  mkdir -p "$relay"
  chmod 700 "$relay"
  [ ! -e "$state/database/relay-user" ] || return 0
  (umask 077 && openssl rand -hex 24 >"$relay/password.new")
  AsRoot <<SQL
DROP USER IF EXISTS 'postern_relay'@'127.0.0.1';
CREATE USER 'postern_relay'@'127.0.0.1' IDENTIFIED BY '$(cat "$relay/password.new")' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, TRIGGER ON shop.* TO 'postern_relay'@'127.0.0.1';
SQL
  mv "$relay/password.new" "$relay/password"
  touch "$state/database/relay-user"
}
