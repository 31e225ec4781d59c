"""Gateway, relay or disk fail in the middle of a statement: errors, no leftover, nothing unrecorded; and it all comes back."""
import os
import re
import signal
import subprocess

import pymysql
import pytest

from stack.clients import Background, connect, refused, rows
from stack.wait import until


class Blocked:
    """An UPDATE of an agent that waits in the database for a lock that a root connection holds."""

    def __init__(self, stack, database, order, mark):
        self.database = database
        self.blocker = database.connect(autocommit=False)
        rows(self.blocker, "SELECT * FROM shop.orders WHERE id = %s FOR UPDATE", (order,))
        self.connection = connect(stack.gateway, "loader")
        self.waiting = Background(lambda: rows(self.connection, f"UPDATE orders SET status = '{mark}' WHERE id = {order}"))
        until("the statement waits in the database", lambda: any(row[2] and mark in row[2] for row in database.threads()))

    def release(self):
        self.blocker.rollback()
        self.blocker.close()


def assert_lost(waiting):
    with pytest.raises(pymysql.MySQLError):
        waiting.result(20)


def assert_works(stack):
    connection = connect(stack.gateway, "loader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()


def test_killed_relay(fresh, database):
    stack = fresh()
    blocked = Blocked(stack, database, 40, "krelay")
    session = stack.gateway.sessions("loader")[0]["id"]
    stack.relay.process.kill()
    assert_lost(blocked.waiting)
    stack.relay.process.start()
    stack.wait_until_ready()
    # The relay wrote down which threads it had, so its next life looks for them.
    database.wait_until_no_threads()
    blocked.release()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'krelay'") == 0
    until("the proof of close reaches the record", lambda: stack.gateway.reviewer.json("sessions", "show", session)["close_proof"]
          in ("gone", "killed"), 10)
    assert_works(stack)


def test_killed_gateway(fresh, database):
    stack = fresh()
    blocked = Blocked(stack, database, 41, "kgateway")
    session = stack.gateway.sessions("loader")[0]["id"]
    stack.gateway.process.kill()
    assert_lost(blocked.waiting)
    database.wait_until_no_threads()
    blocked.release()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'kgateway'") == 0
    stack.gateway.start()
    stack.wait_until_ready()
    assert_works(stack)
    detail = until("the lost session is closed in the record", lambda: next(
        (row for row in stack.gateway.sessions("loader") if row["id"] == session and row["state"] == "closed"), None), 10)
    assert "kgateway" in stack.gateway.reviewer.text("sessions", "replay", session), "the statement was recorded before it ran"
    assert detail["door_opened"]


def test_held_statement_does_not_survive_its_gateway(fresh, database):
    stack = fresh()
    connection = connect(stack.gateway, "bot")
    waiting = Background(lambda: rows(connection, "UPDATE orders SET status = 'ghost' WHERE id = 42"))
    approval = stack.gateway.pending("bot")["id"]
    stack.gateway.process.kill()
    assert_lost(waiting)
    stack.gateway.start()
    stack.wait_until_ready()
    assert stack.gateway.reviewer.json("approvals", "list", "--state", "pending") == []
    assert stack.gateway.reviewer.run("approvals", "approve", approval).returncode != 0
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'ghost'") == 0


def test_nothing_ran_that_is_not_in_the_journal(fresh, database):
    stack = fresh()
    database.record()
    connections = [connect(stack.gateway, "loader") for _ in range(4)]

    def work(connection, number):
        for step in range(10_000):
            rows(connection, f"UPDATE notes SET n = {number} WHERE id = 99{step}")

    running = [Background(lambda pair=pair: work(*pair)) for pair in zip(connections, range(4))]
    until("statements run", lambda: len(database.recorded("UPDATE notes%")) > 100)
    stack.gateway.process.kill()
    for one in running:
        assert_lost(one)
    database.wait_until_no_threads()
    stack.gateway.start()
    ran = [text for _, text, _ in database.recorded("UPDATE notes%")]
    journal = "".join(stack.gateway.reviewer.text("sessions", "replay", row["id"]) for row in stack.gateway.sessions("loader"))
    assert len(ran) > 100 and [text for text in ran if text not in journal] == []


def test_database_that_goes_away_is_an_error(fresh, database):
    stack = fresh()
    connection = connect(stack.gateway, "loader")
    rows(connection, "SELECT 1 FROM small WHERE id = 1")
    session = stack.gateway.reviewer.json("sessions", "show", stack.gateway.sessions("loader")[0]["id"])
    database.query(f"KILL {session['doors_opened'][0]['thread_id']}")
    refused(connection, "SELECT 1 FROM small WHERE id = 1")
    assert_works(stack)


def test_no_relay_is_a_clear_error_and_the_session_lives(fresh):
    stack = fresh()
    connection = connect(stack.gateway, "loader")
    stack.relay.process.stop()
    until("the gateway noticed", lambda: stack.gateway.admin.json("status")["relays"] == [])
    code, message = refused(connection, "SELECT COUNT(*) FROM orders")
    assert code not in (2006, 2013) and "relay" in message
    stack.relay.process.start()
    stack.wait_until_ready()
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, small enough to fill."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", folder], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("cannot mount here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_full_disk_refuses_statements_until_there_is_space(fresh, database, small_disk):
    stack = fresh(gateway_options={"data_dir": str(small_disk)})
    database.query("REPLACE INTO shop.notes (id, n) VALUES (990, 0)")
    connection = connect(stack.gateway, "loader")
    rows(connection, "UPDATE notes SET n = 1 WHERE id = 990")
    fill(small_disk / "filler")
    database.record()
    code, message = until("a statement is refused for want of a record", lambda: attempt(connection), 30, interval=0)
    assert code not in (2006, 2013) and ("record" in message or "journal" in message), message
    ran = len(database.recorded("UPDATE notes SET n = 2%"))
    for _ in range(3):
        assert attempt(connection), "it stays refused"
    assert len(database.recorded("UPDATE notes SET n = 2%")) == ran
    status = stack.gateway.admin.json("status")
    assert not status["journal_writable"] and status["journal_error"]
    (small_disk / "filler").unlink()
    until("statements run again", lambda: not attempt(connection), 30)
    assert database.value("SELECT n FROM shop.notes WHERE id = 990") == 2
    assert stack.gateway.admin.json("status")["journal_writable"]
    connection.close()


def fill(path):
    with open(path, "wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                pass


def attempt(connection):
    """(code, message) when refused, None when it ran."""
    try:
        rows(connection, "UPDATE notes SET n = 2 WHERE id = 990 /* " + "x" * 2000 + " */")
    except pymysql.MySQLError as error:
        return error.args[0], str(error.args[1])
    return None


def test_reload_takes_a_good_policy_and_keeps_the_old_one_over_a_bad_one(fresh):
    stack = fresh()
    connection = connect(stack.gateway, "loader")
    rows(connection, "SELECT COUNT(*) FROM orders")
    before = stack.gateway.admin.json("status")["policy_version"]
    good = stack.gateway.policy_file.read_text()
    without_loader = re.sub(r"(?<=agents: \[)[^\]]*\bloader\b[^\]]*", "bot", good)
    assert without_loader != good
    stack.gateway.policy_file.write_text(without_loader)
    stack.gateway.process.signal(signal.SIGHUP)
    until("the new policy is in force", lambda: stack.gateway.admin.json("status")["policy_version"] != before)
    assert refused(connection, "SELECT COUNT(*) FROM orders")[0] in (1142, 1143, 1227)
    in_force = stack.gateway.admin.json("status")["policy_version"]
    stack.gateway.policy_file.write_text(good + "\nnonsense: true\n")
    seen = len(stack.gateway.process.log_text())
    stack.gateway.process.signal(signal.SIGHUP)
    until("the gateway says that it keeps the old one", lambda: "nonsense" in stack.gateway.process.log_text()[seen:])
    assert stack.gateway.admin.json("status")["policy_version"] == in_force
    connection.close()


def test_programs_end_on_request(fresh):
    stack = fresh()
    connection = connect(stack.gateway, "loader")
    rows(connection, "SELECT 1 FROM small WHERE id = 1")
    assert stack.gateway.process.stop() == 0
    assert stack.relay.process.stop() == 0
