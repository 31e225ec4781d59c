"""Whom the server sees: accounts and roles of single agents, and who is behind a thread."""
import pytest

from stack.clients import connect, refused, rows
from stack.database import RELAY_PASSWORD, RELAY_USER, Database
from stack.stack import Stack


@pytest.fixture
def reporting(database):
    """A role that may read shop.orders, given to a user that may do nothing else."""
    database.query("CREATE ROLE reporting")
    database.query("GRANT SELECT ON shop.orders TO reporting")
    database.query(f"CREATE USER 'narrow'@'127.0.0.1' IDENTIFIED BY '{RELAY_PASSWORD}'")
    database.query("GRANT reporting TO 'narrow'@'127.0.0.1'")
    yield
    database.query("DROP USER 'narrow'@'127.0.0.1'")
    database.query("DROP ROLE reporting")


def test_agent_with_an_account_and_a_role_of_its_own(fresh, database, reporting):
    own = {"user": "narrow", "password_file": "password", "role": "reporting"}
    stack = fresh(target_options={"agents": {"reader": own}})
    connection = connect(stack.gateway, "reader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    assert [row[0] for row in database.query("SELECT user FROM information_schema.processlist WHERE user = 'narrow'")] == ["narrow"]
    code, _ = refused(connection, "SELECT COUNT(*) FROM customers")
    assert code == 1142, "the server itself says no"
    other = connect(stack.gateway, "loader")
    assert rows(other, "SELECT COUNT(*) FROM customers")
    connection.close()
    other.close()
    database.wait_until_no_threads()


def test_role_survives_a_reset_of_the_connection(fresh, reporting):
    own = {"user": "narrow", "password_file": "password", "role": "reporting"}
    stack = fresh(target_options={"agents": {"reader": own}})
    connection = connect(stack.gateway, "reader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection._execute_command(0x1F, b"")
    connection._read_ok_packet()
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)


def test_role_that_is_not_granted_opens_no_door(fresh):
    stack = fresh(target_options={"agents": {"reader": {"role": "nobody_has_this"}}})
    connection = connect(stack.gateway, "reader")
    _, message = refused(connection, "SELECT COUNT(*) FROM orders")
    assert "could not be pinned" in message
    assert rows(connect(stack.gateway, "loader"), "SELECT COUNT(*) FROM orders")


@pytest.fixture
def observed(request, database, run_folder):
    """A server that keeps connection attributes; MariaDB does not unless it is told to."""
    if database.vendor == "mysql":
        yield database
        return
    server = Database("mariadb", run_folder / "observed", "--performance-schema=ON")
    try:
        server.load()
        yield server
    finally:
        server.stop()


def test_attributes_name_session_agent_and_task(observed, run_folder):
    stack = Stack(run_folder / "attributes", observed)
    try:
        stack.start()
        connection = connect(stack.gateway, "loader")
        rows(connection, "SELECT COUNT(*) FROM orders")
        session = stack.gateway.sessions("loader")[0]["id"]
        detail = stack.gateway.reviewer.json("sessions", "show", session)
        thread = detail["doors_opened"][0]["thread_id"]
        told = dict(observed.query("SELECT attr_name, attr_value FROM performance_schema.session_connect_attrs WHERE processlist_id = %s", thread))
        assert told["postern_session"] == session and told["postern_agent"] == "loader" and told["program_name"] == "postern-relay"
        assert told["postern_task"] == detail["task"]["id"]
        connection.close()
    finally:
        stack.kill()
    assert RELAY_USER
