"""The database connection: opened by the first statement that needs it, closed with the session, and proven closed."""
import pytest

from stack.clients import Background, CommandLine, command_lines, connect, drop, refused, rows
from stack.wait import until


def closed_session(gateway, agent):
    """The newest session of an agent, once its close has been proven."""
    def proven():
        session = gateway.reviewer.json("sessions", "show", gateway.sessions(agent)[0]["id"])
        return session if session["state"] == "closed" and session["close_proof"] in ("gone", "killed") else None

    return until(f"the close of {agent}'s session is proven", proven)


def doors(database):
    """Recorded logins of sessions. What the relay opens for itself, to read the schema or to prove a close, names no schema."""
    return [text for command, text, _ in database.recorded() if command == "Connect" and " on shop " in text]


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_thread_goes_when_the_client_quits_and_the_record_proves_it(gateway, database, name):
    done = CommandLine(command_lines()[name], gateway, "loader").run("SELECT COUNT(*) FROM orders")
    assert done.returncode == 0, done.stderr
    database.wait_until_no_threads()
    detail = closed_session(gateway, "loader")
    assert detail["door_opened"] and detail["close_reason"] == "quit"
    (opened,), (closed,) = detail["doors_opened"], detail["doors_closed"]
    assert closed["proof"]["thread_id"] == opened["thread_id"]
    assert str(opened["thread_id"]) in gateway.reviewer.text("sessions", "show", detail["id"])


def test_thread_is_a_real_one_while_the_session_lives(gateway, database):
    connection = connect(gateway, "loader")
    rows(connection, "SELECT COUNT(*) FROM orders")
    live = gateway.reviewer.json("sessions", "show", gateway.sessions("loader")[0]["id"])
    assert live["state"] == "live"
    assert live["doors_opened"][0]["thread_id"] in [row[0] for row in database.threads()]
    connection.close()
    database.wait_until_no_threads()


@pytest.mark.parametrize("autocommit", [True, False, None])
def test_session_of_refused_statements_only_never_opened_a_connection(gateway, database, autocommit):
    connection = connect(gateway, "reader", autocommit=autocommit)
    database.record()
    refused(connection, "DROP TABLE orders")
    refused(connection, "DELETE FROM orders WHERE id = 1")
    refused(connection, "SELEC nonsense")
    connection.ping(reconnect=False)
    session = gateway.sessions("reader")[0]
    assert not session["door_opened"] and session["refused"] >= 3
    connection.close()
    until("the session is closed", lambda: gateway.sessions("reader")[0]["state"] == "closed")
    session = gateway.reviewer.json("sessions", "show", session["id"])
    assert not session["door_opened"] and session["doors_opened"] == []
    assert doors(database) == []
    rows(connect(gateway, "reader", autocommit=autocommit), "SELECT 1 FROM orders WHERE id = 1")
    assert len(doors(database)) == 1, "a session that runs something is seen"


def test_what_the_session_was_set_to_before_its_door_opened_is_in_force_behind_it(gateway):
    connection = connect(gateway, "loader", autocommit=False)
    rows(connection, "SET NAMES latin1")
    assert not gateway.sessions("loader")[0]["door_opened"]
    assert rows(connection, "SELECT @@autocommit, @@character_set_client, LENGTH('ä')") == ((0, "latin1", 2),)
    connection.close()


def test_client_that_vanishes_leaves_no_thread(gateway, database):
    connection = connect(gateway, "loader", autocommit=False)
    rows(connection, "INSERT INTO notes (id) VALUES (700)")
    drop(connection)
    database.wait_until_no_threads()
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 700") == 0
    assert closed_session(gateway, "loader")["close_reason"] == "disconnect"


def test_terminate_ends_a_live_session(gateway, database):
    connection = connect(gateway, "loader")
    rows(connection, "SELECT 1 FROM small WHERE id = 1")
    gateway.admin.text("sessions", "terminate", gateway.sessions("loader")[0]["id"])
    database.wait_until_no_threads()
    refused(connection, "SELECT 1 FROM small WHERE id = 1")
    assert closed_session(gateway, "loader")["close_reason"] == "terminated"


def test_terminate_ends_a_session_in_the_middle_of_a_statement(gateway, database):
    blocker = database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = 30 FOR UPDATE")
    connection = connect(gateway, "loader")
    waiting = Background(lambda: refused(connection, "UPDATE orders SET status = 'never' WHERE id = 30"))
    until("the statement waits in the database", lambda: any(row[2] and "never" in row[2] for row in database.threads()))
    gateway.admin.text("sessions", "terminate", gateway.sessions("loader")[0]["id"])
    waiting.result(20)
    database.wait_until_no_threads()
    blocker.rollback()
    blocker.close()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'never'") == 0


def test_statement_out_of_time_is_stopped_and_the_session_goes_on(fresh, database):
    stack = fresh(gateway_options={"limits": {"statement_timeout": "1s"}})
    blocker = database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = 31 FOR UPDATE")
    connection = connect(stack.gateway, "loader")
    code, message = refused(connection, "UPDATE orders SET status = 'late' WHERE id = 31")
    assert code == 3024 and "statement_timeout" in message
    blocker.rollback()
    blocker.close()
    assert rows(connection, "SELECT COUNT(*) FROM orders WHERE status = 'late'") == ((0,),)
    connection.close()


def test_revoked_token_ends_its_sessions(gateway, database):
    created = gateway.admin.json("tokens", "create", "--name", "loader", "--kind", "agent")
    connection = connect(gateway, "loader", token=created["token"])
    rows(connection, "SELECT 1 FROM small WHERE id = 1")
    gateway.admin.text("tokens", "revoke", created["id"])
    database.wait_until_no_threads()
    refused(connection, "SELECT 1 FROM small WHERE id = 1")
    assert closed_session(gateway, "loader")["close_reason"] == "revoked"
