"""The protocol's commands besides the query: each is inspected, forwarded, emulated or refused, and none breaks the session."""
import signal
import struct
import subprocess

import pymysql
import pytest

from stack.clients import Background, CommandLine, command_lines, connect, refused, rows
from stack.stack import TARGET
from stack.wait import until

COM_QUIT, COM_INIT_DB, COM_FIELD_LIST, COM_STATISTICS, COM_PROCESS_INFO, COM_DEBUG = 1, 2, 4, 9, 10, 13
COM_BINLOG_DUMP, COM_TABLE_DUMP, COM_REGISTER_REPLICA, COM_SET_OPTION, COM_RESET_CONNECTION, COM_CLONE = 18, 19, 21, 27, 31, 32


def command(connection, number, payload=b""):
    """Sends one command and reads one packet of its answer."""
    connection._execute_command(number, payload)
    return connection._read_packet()


def refusal_of(connection, number, payload=b""):
    with pytest.raises(pymysql.MySQLError) as error:
        command(connection, number, payload)
    return error.value.args[0]


def assert_alive(connection):
    assert rows(connection, "SELECT id FROM small WHERE id = 1") == ((1,),)


def test_ping_needs_no_database_connection(gateway):
    connection = connect(gateway, "reader")
    connection.ping(reconnect=False)
    assert not gateway.sessions("reader")[0]["door_opened"]
    connection.close()


def test_init_db(gateway, bot):
    connection = connect(gateway, "bot", database=None)
    connection.select_db("shop")
    assert_alive(connection)
    for schema in ("hidden", "mysql", "nothing_like_it"):
        with pytest.raises(pymysql.MySQLError):
            connection.select_db(schema)
        assert_alive(connection)
    connection.close()


def test_reset_connection_forgets_the_session_state(gateway, database):
    connection = connect(gateway, "loader", autocommit=False)
    rows(connection, "INSERT INTO notes (id) VALUES (600)")
    assert command(connection, COM_RESET_CONNECTION).is_ok_packet()
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 600") == 0, "the open transaction is rolled back"
    assert_alive(connection)
    connection.close()


def test_reset_of_a_session_that_has_no_database_connection(gateway):
    connection = connect(gateway, "reader")
    assert command(connection, COM_RESET_CONNECTION).is_ok_packet()
    assert_alive(connection)
    connection.close()


@pytest.mark.parametrize("number", [COM_STATISTICS, COM_PROCESS_INFO, COM_DEBUG, COM_BINLOG_DUMP, COM_TABLE_DUMP, COM_REGISTER_REPLICA,
                                    COM_CLONE, 0, 11, 15, 16, 29, 30, 33, 34, 99, 250, 255])
def test_command_that_is_not_for_agents_is_refused(gateway, number):
    connection = connect(gateway, "reader")
    try:
        answer = command(connection, number, b"\0" * 8)
        # COM_STATISTICS has no error form: it is answered with a line of text of the gateway's own.
        assert number == COM_STATISTICS and not answer.is_ok_packet()
    except pymysql.MySQLError as error:
        assert error.args[0] not in (2006, 2013), "refused with an error, not with a broken wire"
    assert_alive(connection)
    connection.close()


def test_set_option_cannot_turn_on_multiple_statements(gateway, database):
    connection = connect(gateway, "loader")
    assert refusal_of(connection, COM_SET_OPTION, struct.pack("<H", 0)) not in (2006, 2013)
    refused(connection, "UPDATE orders SET status = 'opt' WHERE id = 50; UPDATE orders SET status = 'opt' WHERE id = 51")
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'opt'") == 0
    assert_alive(connection)
    connection.close()


def blocked_update(database, connection, order, mark):
    blocker = database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = %s FOR UPDATE", (order,))
    waiting = Background(lambda: rows(connection, f"UPDATE orders SET status = '{mark}' WHERE id = {order}"))
    until("the statement waits in the database", lambda: any(row[2] and mark in row[2] for row in database.threads()))
    return blocker, waiting


def test_kill_query_reaches_the_right_thread(gateway, database):
    victim, other, bystander = (connect(gateway, "loader") for _ in range(3))
    blocker, waiting = blocked_update(database, victim, 52, "killq")
    rows(bystander, "SELECT COUNT(*) FROM orders")
    rows(other, f"KILL QUERY {victim.thread_id()}")
    with pytest.raises(pymysql.MySQLError) as error:
        waiting.result(20)
    assert error.value.args[0] == 1317
    assert_alive(victim)
    assert_alive(bystander)
    blocker.rollback()
    for connection in (victim, other, bystander, blocker):
        connection.close()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'killq'") == 0


def test_kill_ends_the_connection(gateway, database):
    victim, other = connect(gateway, "loader"), connect(gateway, "loader")
    blocker, waiting = blocked_update(database, victim, 53, "killc")
    rows(other, f"KILL {victim.thread_id()}")
    with pytest.raises(pymysql.MySQLError):
        waiting.result(20)
    with pytest.raises(pymysql.MySQLError):
        rows(victim, "SELECT 1 FROM small WHERE id = 1")
    assert_alive(other)
    blocker.rollback()
    blocker.close()
    other.close()
    database.wait_until_no_threads()


def test_kill_of_another_agents_connection_is_refused(gateway, database):
    victim, stranger = connect(gateway, "loader"), connect(gateway, "bot")
    blocker, waiting = blocked_update(database, victim, 54, "killx")
    refused(stranger, f"KILL QUERY {victim.thread_id()}")
    refused(stranger, f"KILL {database.threads()[0][0]}")
    assert not waiting.done()
    blocker.rollback()
    blocker.close()
    waiting.result(20)
    victim.close()
    stranger.close()


def test_kill_of_a_held_statement_voids_its_approval(gateway):
    victim, other = connect(gateway, "bot"), connect(gateway, "bot")
    waiting = Background(lambda: rows(victim, "UPDATE orders SET status = 'killh' WHERE id = 55"))
    approval = gateway.pending("bot")["id"]
    rows(other, f"KILL QUERY {victim.thread_id()}")
    with pytest.raises(pymysql.MySQLError) as error:
        waiting.result(20)
    assert error.value.args[0] == 1317
    assert gateway.reviewer.json("approvals", "show", approval)["state"] == "void"
    assert_alive(victim)
    victim.close()
    other.close()


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_control_c_in_the_command_line_kills_the_statement(gateway, database, name):
    blocker = database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = 56 FOR UPDATE")
    client = CommandLine(command_lines()[name], gateway, "loader").popen(
        "--execute=UPDATE orders SET status = 'ctrlc' WHERE id = 56", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until("the statement waits in the database", lambda: any(row[2] and "ctrlc" in row[2] for row in database.threads()))
    client.send_signal(signal.SIGINT)
    output, _ = client.communicate(timeout=20)
    assert "1317" in output or "interrupted" in output or "aborted" in output, output
    database.wait_until_no_threads()
    blocker.rollback()
    blocker.close()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'ctrlc'") == 0


def test_query_attributes_are_recorded(gateway):
    program = command_lines()["mysql"]
    client = CommandLine(program, gateway, "reader")
    done = subprocess.run([*client.arguments, "--commands", "shop"], env=client.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          input="query_attributes ticket OPS-4711\nSELECT COUNT(*) FROM orders;\n", timeout=30)
    assert (done.returncode, done.stdout.strip()) == (0, "5000"), done.stderr
    session = gateway.sessions("reader")[0]["id"]
    replay = gateway.reviewer.text("sessions", "replay", session, "--output", "json")
    assert "ticket" in replay and "OPS-4711" in replay


def test_connection_ids_differ_and_are_in_the_record(gateway):
    first, second = connect(gateway, "reader"), connect(gateway, "reader")
    assert first.thread_id() != second.thread_id()
    recorded = {int(row["connection_id"]) for row in gateway.sessions("reader") if row["state"] == "live"}
    assert {first.thread_id(), second.thread_id()} <= recorded
    first.close()
    second.close()


def test_user_name_says_agent_and_target(gateway):
    token = gateway.agent_token("reader")
    for user in (f"reader+{TARGET}", "reader", f"+{TARGET}"):
        connection = pymysql.connect(host="127.0.0.1", port=gateway.mysql_port, user=user, password=token, database="shop",
                                     ssl={"ca": str(gateway.certificates.ca)})
        assert_alive(connection)
        connection.close()
