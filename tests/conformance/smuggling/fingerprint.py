"""All of a server that a statement could change, as a dictionary whose two states can be compared."""
import pathlib

# What moves by itself.
VOLATILE = ("gtid_", "timestamp", "rand_seed", "last_", "pseudo_", "identity", "insert_id", "innodb_buffer_pool_load", "warning_count",
            "error_count", "statement_id", "in_transaction")
OUTFILE = pathlib.Path("/tmp/postern-smuggle")
DEFINITIONS = {
    "schemas": "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA",
    "tables": "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COMMENT FROM information_schema.TABLES",
    "columns": "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, COLUMN_DEFAULT"
               " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN ('shop', 'vault')",
    "indexes": "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA IN ('shop', 'vault')",
    "views": "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA IN ('shop', 'vault')",
    "routines": "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_DEFINITION, ROUTINE_COMMENT FROM information_schema.ROUTINES"
                " WHERE ROUTINE_SCHEMA IN ('shop', 'vault')",
    "triggers": "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA IN ('shop', 'vault')",
    "events": "SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS",
    "plugins": "SELECT PLUGIN_NAME, PLUGIN_STATUS FROM information_schema.PLUGINS",
    "rights on everything": "SELECT * FROM information_schema.USER_PRIVILEGES",
    "rights on schemas": "SELECT * FROM information_schema.SCHEMA_PRIVILEGES",
    "rights on tables": "SELECT * FROM information_schema.TABLE_PRIVILEGES",
    "accounts": "SELECT * FROM mysql.user",
    "servers": "SELECT * FROM mysql.servers",
}


def fingerprint(database):
    state = {name: sorted(map(repr, database.query(sql))) for name, sql in DEFINITIONS.items()}
    state["variables"] = [row for row in database.query("SHOW GLOBAL VARIABLES") if not row[0].startswith(VOLATILE)]
    state["checksums"] = [_checksum(database, *row) for row in database.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('shop', 'vault') AND TABLE_TYPE = 'BASE TABLE'")]
    state["files"] = OUTFILE.exists()
    # Nobody holds a lock on anything: an exclusive one is to be had at once.
    state["locks"] = (database.value("SELECT IS_FREE_LOCK('x')"), _lock_at_once(database))
    state["prepared transactions"] = database.query("XA RECOVER")
    return state


def changes(before, after):
    return [f"{name}: {_difference(before[name], after[name])}" for name in before if before[name] != after[name]]


def _checksum(database, schema, table):
    quoted = table.replace("`", "``")
    return database.query(f"CHECKSUM TABLE `{schema}`.`{quoted}` EXTENDED")


def _lock_at_once(database):
    database.query("SET SESSION lock_wait_timeout = 1")
    database.query("LOCK TABLES shop.goods WRITE")
    database.query("UNLOCK TABLES")
    database.query("SET SESSION lock_wait_timeout = DEFAULT")
    return True


def _difference(before, after):
    if not isinstance(before, (list, tuple)):
        return f"{before!r} -> {after!r}"
    return f"{[row for row in before if row not in after]} -> {[row for row in after if row not in before]}"
