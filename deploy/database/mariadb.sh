# What start.sh needs to know about MariaDB. Sourced.
server=(mariadbd --no-defaults)
client="$(command -v mariadb || true)"
# Where auth_ed25519.so and the like are, when they are not installed.
vendor_flags=(${POSTERN_MARIADB_PLUGINS:+"--plugin-dir=$POSTERN_MARIADB_PLUGINS"})
if ! command -v mariadbd >/dev/null || [ -z "$client" ]; then
  Fail "no MariaDB on this machine; deploy/install-deps.sh installs it"
fi

InitialiseData() {
  # --force: a machine that cannot resolve its own name will do.
  mariadb-install-db --no-defaults --datadir="$dir/data" --user="$(id -un)" --skip-test-db --skip-name-resolve --force \
    --auth-root-authentication-method=normal || return
  # That method also makes roots without a password for TCP.
  mariadbd --no-defaults --datadir="$dir/data" --user="$(id -un)" --bootstrap --skip-networking <<'SQL'
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');
FLUSH PRIVILEGES;
SQL
}
