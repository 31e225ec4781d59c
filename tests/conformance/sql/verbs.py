"""What performance_schema may call a statement that we call so and so: the last part of its EVENT_NAME. A verb that is not
here has the same name there. An EXPLAIN has the name of what it explains, on either server."""

NAMES = {
    "select": {"select"},
    "table": {"select"},
    "values": {"select"},
    "describe": {"show_fields", "select"},
    "explain": {"explain_other", "show_explain", "show_analyze"},
    "help": {"help"},
    "insert": {"insert", "insert_select"},
    "replace": {"replace", "replace_select"},
    "update": {"update", "update_multi"},
    "delete": {"delete", "delete_multi"},
    "load": {"load"},
    "call": {"call_procedure"},
    "handler": {"ha_open", "ha_read", "ha_close"},
    "block": {"compound_sql"},
    "create_database": {"create_db"},
    "create_function": {"create_function", "create_spfunction", "create_udf"},
    "alter_database": {"alter_db", "alter_db_upgrade"},
    "alter_view": {"create_view", "alter_view"},
    "alter_instance": {"alter_instance"},
    "drop_database": {"drop_db"},
    "drop_function": {"drop_function"},
    "create_tablespace": {"alter_tablespace", "create_tablespace", "create_undo_tablespace"},
    "alter_tablespace": {"alter_tablespace", "alter_undo_tablespace"},
    "drop_tablespace": {"alter_tablespace", "drop_tablespace", "drop_undo_tablespace"},
    "create_logfile_group": {"alter_tablespace"},
    "alter_logfile_group": {"alter_tablespace"},
    "drop_logfile_group": {"alter_tablespace"},
    "import_table": {"import"},
    "grant": {"grant", "grant_role", "grant_roles", "grant_proxy"},
    "revoke": {"revoke", "revoke_all", "revoke_role", "revoke_roles", "revoke_proxy"},
    "alter_user": {"alter_user", "alter_user_default_role"},
    "set_password": {"set_option", "set_password"},
    "set_role": {"set_option", "set_role"},
    "set_default_role": {"set_option", "alter_user_default_role"},
    "set_transaction": {"set_option"},
    "set": {"set_option"},
    "set_global": {"set_option"},
    "use": {"change_db"},
    "prepare": {"prepare_sql"},
    "execute": {"execute_sql"},
    "deallocate_prepare": {"dealloc_sql"},
    "analyze_table": {"analyze"},
    "optimize_table": {"optimize"},
    "check_table": {"check"},
    "repair_table": {"repair"},
    "checksum_table": {"checksum"},
    "cache_index": {"assign_to_keycache"},
    "load_index": {"preload_keys"},
    "backup": {"backup", "backup_lock"},
    "purge": {"purge", "purge_before_date"},
    "lock_instance": {"lock_instance"},
    "change_replication": {"change_master", "change_replication_source", "change_replication_filter", "change_repl_filter",
                           "change_replication_filter"},
    "start_replication": {"start_slave", "slave_start", "start_all_slaves", "start_replica", "replica_start",
                          "start_group_replication", "group_replication_start"},
    "stop_replication": {"stop_slave", "slave_stop", "stop_all_slaves", "stop_replica", "replica_stop",
                         "stop_group_replication", "group_replication_stop"},
    "create_srs": {"create_spatial_reference_system", "create_srs"},
    "drop_srs": {"drop_spatial_reference_system", "drop_srs"},
}

# Beginnings of the names of what only looks or only moves its own session. Anything else that we read as harmless is a hole.
HARMLESS = ("select", "show_", "explain_other", "help", "set_option", "change_db", "begin", "commit", "rollback",
            "savepoint", "release_savepoint", "xa_", "dealloc_sql", "get_diagnostics", "empty_query")


def of(kind, detail, event):
    """The names that a verb of ours may have there."""
    if kind == "show":
        return {"select"} if detail in ("errors", "warnings", "statement") and event == "select" else None  # show_anything
    if kind == "xa":
        return {f"xa_{detail}"} if detail not in ("", "statement") else None
    return NAMES.get(kind, {kind})


def agrees(answer, event):
    """Whether the server's name of a statement fits ours."""
    if event in (None, "error"):
        return True  # it was not parsed to its end, or killed its own connection
    kinds = [answer["kind"]]
    if answer["kind"] in ("explain", "describe") and answer["nested"]:
        kinds.append(answer["nested"])
    for kind in kinds:
        names = of(kind, answer["detail"], event)
        if names is None:
            if event.startswith(kind + "_"):
                return True
        elif event in names:
            return True
    return False


def harmless(answer):
    return answer["ok"] and answer["group"] in ("read", "session", "transaction")


def is_harmless_name(answer, event):
    if event in (None, "error") or event.startswith(HARMLESS):
        return True
    # An EXPLAIN that does not run what it explains: that it did not is for effects.py to see.
    return answer["kind"] in ("explain", "describe") and "executes_nested" not in answer["flags"]
