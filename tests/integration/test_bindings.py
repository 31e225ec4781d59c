"""A ticket is good for what was approved: in another session state, or by another schema, the same words ask anew."""
import pathlib
import tempfile

import pymysql
import pytest
from pymysql.charset import Charset
from pymysql.constants import CLIENT

from stack.clients import Background, connect, refused, rows
from stack.held import approve, asked, run
from stack.stack import POLICY, Stack
from stack.wait import until

# clerk gets tickets, and may set what it likes in its own session; it may send several statements at once.
RULES = POLICY.replace("rules:\n", """\
rules:
  - name: clerks-read
    agents: [clerk]
    targets: [shop]
    allow: { verbs: [read, session], objects: ["shop.*", "side.*"] }
    multi_statements: true
  - name: clerks-ask
    agents: [clerk]
    targets: [shop]
    hold: { verbs: [insert, update, delete], objects: ["shop.*"], reviewers: [dba], wait: 5m, mode: ticket, window: 5m }
""", 1)


@pytest.fixture(scope="module")
def stack(database, run_folder):
    stack = Stack(pathlib.Path(tempfile.mkdtemp(prefix="bindings-", dir=run_folder)), database, policy=RULES,
                  gateway_options={"limits": {"sessions_per_agent": 200, "held_statements_per_agent": 100}})
    try:
        yield stack.start()
    finally:
        stack.kill()


def send(connection, sql):
    """Any number of statements; what the server says of each does not matter."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            while cursor.nextset():
                pass
    except pymysql.MySQLError:
        pass


@pytest.mark.parametrize("change", ["text", "schema", "autocommit", "sql_mode", "time_zone", "transaction"])
def test_whatever_differs_from_what_was_approved_asks_anew(gateway, database, change):
    connection = connect(gateway, "clerk")
    sql = f"UPDATE shop.orders SET status = 'toctou-{change}' WHERE id = 13"
    approval = asked(connection, sql)
    approve(gateway, approval)
    if change == "text":
        assert asked(connection, sql.replace("13", "14")) != approval
        assert asked(connection, sql.replace("WHERE", " WHERE")) != approval
    else:
        other = connect(gateway, "clerk", **({"database": "side"} if change == "schema" else {}))
        moves = {"schema": [], "autocommit": ["SET autocommit = 0"], "sql_mode": ["SET sql_mode = 'ALLOW_INVALID_DATES'"],
                 "time_zone": ["SET time_zone = '+03:00'"], "transaction": ["START TRANSACTION"]}[change]
        for statement in moves:
            run(other, statement)
        assert asked(other, sql) != approval
    assert database.value(f"SELECT COUNT(*) FROM shop.orders WHERE status = 'toctou-{change}'") == 0
    assert run(connection, sql) == 1, "what was approved still runs, where it was asked for"


def test_changed_schema_asks_anew(gateway, database):
    connection = connect(gateway, "clerk")
    sql = "UPDATE orders SET status = 'schema' WHERE id = 15"
    approval = asked(connection, sql)
    approve(gateway, approval)
    generation = gateway.admin.json("status")["targets"][0]["catalog"]["generation"]
    database.query("CREATE TABLE shop.moved (id INT)")
    try:
        gateway.admin.text("targets", "refresh", "shop")
        until("the schema was read again", lambda: gateway.admin.json("status")["targets"][0]["catalog"]["generation"] != generation)
        assert asked(connection, sql) != approval
    finally:
        database.query("DROP TABLE shop.moved")
        gateway.admin.text("targets", "refresh", "shop")
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'schema'") == 0


# Each leaves the session in another time zone than it says at a glance.
@pytest.mark.parametrize("first, then", [
    ([], ["SELECT 1; SET time_zone = '+09:00'"]),
    ([], ["SET time_zone = '+09:00'; SELECT nosuch FROM orders"]),
    (["SET @z = '+00:00'", "SET time_zone = @z"], ["SET @z = '+09:00'", "SET time_zone = @z"]),
    (["SET time_zone = '+00:00'"], ["SET time_zone = '+09:00', time_zone = '+00:00', time_zone = '+09:00'"]),
    (["SET time_zone = '+00:00'"], ["SET time_zone = '+09:00'; SET time_zone = '+00:00'; SELECT nosuch FROM orders"]),
], ids=["in a batch", "in a batch that failed", "by a variable", "twice", "several times"])
def test_what_a_session_has_set_in_ways_that_cannot_be_told_asks_anew(gateway, request, first, then):
    connection = connect(gateway, "clerk", client_flag=CLIENT.MULTI_STATEMENTS)
    for statement in [*first, "SELECT 1; SELECT 2"]:
        send(connection, statement)
    sql = f"UPDATE orders SET status = HOUR(NOW()) WHERE id = 14 AND status <> '{request.node.callspec.id}'"
    approval = asked(connection, sql)
    approve(gateway, approval)
    for statement in [*then, "SELECT 1; SELECT 2"]:
        send(connection, statement)
    assert asked(connection, sql) != approval


def test_what_is_set_to_the_same_value_is_the_same(gateway):
    sql = "UPDATE orders SET status = 'same' WHERE id = 14"
    for number in range(2):
        connection = connect(gateway, "clerk", client_flag=CLIENT.MULTI_STATEMENTS)
        for statement in ("SET time_zone = '+05:00'", "SET NAMES utf8mb4", "SELECT 1; SELECT 2"):
            send(connection, statement)
        if number == 0:
            approve(gateway, asked(connection, sql))
    assert run(connection, sql) == 1


@pytest.mark.parametrize("change", ["login", "names", "order"])
def test_another_collation_asks_anew(gateway, monkeypatch, change):
    connection = connect(gateway, "clerk")
    if change == "order":
        send(connection, "SET NAMES utf8mb4 COLLATE utf8mb4_bin")
        send(connection, "SET collation_connection = utf8mb4_general_ci")
    sql = f"UPDATE orders SET status = 'collated-{change}' WHERE id = 14 AND 'K' = 'k'"
    approval = asked(connection, sql)
    approve(gateway, approval)
    if change == "login":
        monkeypatch.setattr("pymysql.connections.charset_by_name", lambda name: Charset(46, "utf8mb4", "utf8mb4_bin", ""))
    other = connect(gateway, "clerk")
    if change == "login":
        assert rows(other, "SELECT 'K' = 'k'") == ((0,),)
    if change == "names":
        send(other, "SET NAMES utf8mb4")
    if change == "order":
        send(other, "SET collation_connection = utf8mb4_general_ci")
        send(other, "SET NAMES utf8mb4 COLLATE utf8mb4_bin")
    assert asked(other, sql) != approval


@pytest.mark.parametrize("value", ["LAST_INSERT_ID()", "@@last_insert_id", "@@identity", "ROW_COUNT()", "CONNECTION_ID()", "@@timestamp", "@x"])
def test_what_earlier_statements_left_is_not_held(gateway, value):
    message = refused(connect(gateway, "clerk"), f"UPDATE orders SET status = 'left' WHERE id = {value}")[1]
    assert "rule=held-variables" in message


@pytest.mark.parametrize("agent", ["clerk", "bot"], ids=["ticket", "wait"])
def test_a_view_redefined_past_the_gateway_voids_what_was_asked(gateway, database, agent):
    database.query("CREATE OR REPLACE VIEW shop.seen AS SELECT * FROM shop.orders WHERE id BETWEEN 41 AND 42")
    try:
        connection = connect(gateway, agent)
        sql = f"UPDATE seen SET status = 'seen by {agent}'"
        waiting = Background(lambda: run(connection, sql)) if agent == "bot" else None
        approval = gateway.pending("bot")["id"] if agent == "bot" else asked(connection, sql)
        database.query("CREATE OR REPLACE VIEW shop.seen AS SELECT * FROM shop.orders WHERE id BETWEEN 41 AND 49")
        approve(gateway, approval)
        if waiting:
            with pytest.raises(pymysql.MySQLError) as error:
                waiting.result()
            assert "decision=stale" in error.value.args[1]
        else:
            assert asked(connection, sql) != approval
        assert database.value(f"SELECT COUNT(*) FROM shop.orders WHERE status = 'seen by {agent}'") == 0
    finally:
        database.query("DROP VIEW shop.seen")
