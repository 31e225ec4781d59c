"""What the gateway comes to know of a real server's schema, and when."""
import pytest

from stack.clients import connect, rows
from stack.database import RELAY_PASSWORD
from stack.wait import until

TARGET = "shop"


def catalog(gateway):
    return next(row for row in gateway.admin.json("targets", "list") if row["name"] == TARGET)["catalog"]


def refresh(gateway):
    return gateway.admin.json("targets", "refresh", TARGET)


def make_kinds(database):
    """Something of every kind that a snapshot has; returns how many tables, and relations, there are."""
    database.query("CREATE TABLE kinds.t (id INT PRIMARY KEY, a VARCHAR(10), hid INT INVISIBLE, "
                   "g VARCHAR(30) AS (CONCAT(a, 'it''s', id)) STORED, v INT AS (id + 1) VIRTUAL)")
    database.query("CREATE VIEW kinds.w AS SELECT a FROM kinds.t")
    database.query("CREATE TRIGGER kinds.trg BEFORE INSERT ON kinds.t FOR EACH ROW SET NEW.a = 'x'")
    database.query("CREATE FUNCTION kinds.f() RETURNS INT DETERMINISTIC READS SQL DATA RETURN (SELECT MAX(id) FROM kinds.t)")
    database.query("CREATE PROCEDURE kinds.p() SELECT * FROM kinds.t")
    if database.vendor != "mariadb":
        return 1, 2
    database.query("CREATE SEQUENCE kinds.s")
    database.query("CREATE TABLE kinds.versioned (x INT) WITH SYSTEM VERSIONING")
    return 2, 4


@pytest.fixture
def kinds(database):
    database.query("CREATE DATABASE kinds")
    yield
    database.query("DROP DATABASE kinds")


def relay_user(database, name, *grants):
    """A user of the relay's with these rights; returns the configuration of a target that uses it."""
    database.query(f"DROP USER IF EXISTS '{name}'@'127.0.0.1'")
    database.query(f"CREATE USER '{name}'@'127.0.0.1' IDENTIFIED BY '{RELAY_PASSWORD}' REQUIRE SSL")
    for grant in grants:
        database.query(f"GRANT {grant} TO '{name}'@'127.0.0.1'")
    return {"user": name}


def every_right(database):
    """What docs/catalog.md asks for."""
    bodies = "SHOW_ROUTINE ON *.*" if database.vendor == "mysql" else "SELECT ON mysql.proc"
    return ["SELECT, INSERT, UPDATE, DELETE, EXECUTE, SHOW VIEW, TRIGGER ON shop.*", "SELECT, EXECUTE, SHOW VIEW, TRIGGER ON kinds.*",
            bodies]


def growth(before, after):
    return {key: after[key] - before[key] for key in ("relations", "columns", "routines", "triggers", "hidden_definitions")}


# t has 5 columns and w has 1; s has 8, and versioned 1 and the two that no list shows.
COLUMNS = {"mysql": 6, "mariadb": 17}


def test_a_relay_with_rights_sees_everything(fresh, database, kinds):
    stack = fresh(target_options=relay_user(database, "sees_all", *every_right(database)))
    before = refresh(stack.gateway)
    assert before["generation"] >= 1 and before["error"] == ""
    _, relations = make_kinds(database)
    assert growth(before, refresh(stack.gateway)) == {
        "relations": relations, "columns": COLUMNS[database.vendor], "routines": 2, "triggers": 1, "hidden_definitions": 0}


def test_a_relay_without_rights_sees_empty_definitions(fresh, database, kinds):
    user = relay_user(database, "sees_little", "SELECT, INSERT, UPDATE, DELETE, EXECUTE ON shop.*", "SELECT, EXECUTE ON kinds.*")
    stack = fresh(target_options=user)
    before = refresh(stack.gateway)
    tables, relations = make_kinds(database)
    # Hidden: the view, both routines, and whatever triggers each table may have.
    assert growth(before, refresh(stack.gateway)) == {
        "relations": relations, "columns": COLUMNS[database.vendor], "routines": 2, "triggers": tables,
        "hidden_definitions": tables + 3}


def test_a_change_brings_a_new_generation_and_no_change_none(fresh, database, kinds):
    stack = fresh(target_options=relay_user(database, "sees_all", *every_right(database)))
    first = refresh(stack.gateway)
    again = refresh(stack.gateway)
    assert again["generation"] == first["generation"] and again["captured_at"] > first["captured_at"]
    database.query("CREATE TABLE kinds.another (id INT)")
    changed = refresh(stack.gateway)
    assert changed["generation"] == first["generation"] + 1
    assert (changed["relations"], changed["columns"]) == (first["relations"] + 1, first["columns"] + 1)
    database.query("ALTER TABLE kinds.another MODIFY id BIGINT")
    assert refresh(stack.gateway)["generation"] == first["generation"] + 2
    database.query("DROP TABLE kinds.another")
    assert refresh(stack.gateway)["relations"] == first["relations"]


def test_the_schema_is_there_when_a_relay_registers_and_from_time_to_time(fresh, database):
    stack = fresh(relay_options={"limits": {"probe_interval": "1m", "catalog_interval": "1s"}})
    first = until("the schema came by itself", lambda: catalog(stack.gateway))
    until("it is read again", lambda: catalog(stack.gateway)["captured_at"] > first["captured_at"])
    assert catalog(stack.gateway)["generation"] == first["generation"]
    # A gateway that comes back has lost it, and gets it anew.
    stack.gateway.process.kill()
    stack.gateway.start()
    stack.wait_until_ready()
    assert until("the schema came again", lambda: catalog(stack.gateway))["relations"] == first["relations"]


def test_no_connection_stays_after_a_reading(fresh, database):
    stack = fresh()
    refresh(stack.gateway)
    database.wait_until_no_threads()


def test_sessions_go_on_while_the_schema_is_replaced(fresh, database):
    stack = fresh()
    loader = connect(stack.gateway, "loader")
    for number in range(5):
        database.query(f"CREATE TABLE hidden.t{number} (id INT)")
        refresh(stack.gateway)
        assert rows(loader, "SELECT COUNT(*) FROM orders") == ((5000,),)
        database.query(f"DROP TABLE hidden.t{number}")


def test_refresh_needs_a_relay_and_a_target(fresh):
    stack = fresh()
    assert "no such target" in stack.gateway.admin.run("targets", "refresh", "nowhere").stderr
    stack.relay.process.kill()
    until("the gateway noticed", lambda: stack.gateway.admin.json("status")["relays"] == [])
    done = stack.gateway.admin.run("targets", "refresh", TARGET, "--timeout", "1s")
    assert done.returncode == 3
    listed = stack.gateway.admin.text("targets", "list")
    assert "CATALOG" in listed and "no relay for it is connected" in listed
