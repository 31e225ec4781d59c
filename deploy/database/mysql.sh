# What start.sh needs to know about Oracle's MySQL. Sourced.
# An installed one is used as it is; MariaDB also calls its server mysqld, so the version has to say which it is.
if command -v mysqld >/dev/null && ! mysqld --no-defaults --version 2>/dev/null | grep -q MariaDB; then
  server=(mysqld --no-defaults --mysqlx=OFF)
  client="$(command -v mysql)"
else
  fetched="$("$here/fetch-mysql.sh")"
  server=("$fetched/bin/mysqld")
  client="$fetched/bin/mysql"
fi
vendor_flags=(--skip-log-bin --temptable-max-ram=64M)

InitialiseData() { "${server[@]}" --initialize-insecure --datadir="$dir/data" --user="$(id -un)"; }
