"""A held write that is refused at once with a ticket: approved, the same statement runs, once, and nothing else does."""
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import tempfile
import threading

import pymysql
import pytest

from stack import paths
from stack.clients import Background, connect, node, refused, rows
from stack.ctl import CtlError
from stack.held import approve, asked, run, shown
from stack.stack import POLICY, Stack
from stack.wait import until

# clerk and twin get tickets; hurried ones are good for a second; strict ones want a reason.
RULES = POLICY.replace("rules:\n", """\
rules:
  - name: clerks-read
    agents: [clerk, twin, hurried, strict]
    targets: [shop]
    allow: { verbs: [read], objects: ["shop.*", "side.*"] }
  - name: clerks-ask
    agents: [clerk, twin]
    targets: [shop]
    hold: { verbs: [insert, update, delete], objects: ["shop.*"], reviewers: [dba], wait: 5m, mode: ticket, window: 5m }
  - name: hurried-ask
    agents: [hurried]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], wait: 5m, mode: ticket, window: 1s }
  - name: strict-ask
    agents: [strict]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], wait: 60s, reason: required }
""", 1)


@pytest.fixture(scope="module")
def stack(database, run_folder):
    stack = Stack(pathlib.Path(tempfile.mkdtemp(prefix="tickets-", dir=run_folder)), database, policy=RULES)
    try:
        yield stack.start()
    finally:
        stack.kill()


def with_attribute(gateway, agent, hold):
    connection = connect(gateway, agent, defer_connect=True)
    connection._connect_attrs["postern_hold"] = hold
    connection.connect()
    return connection


def put_in_force(gateway, policy):
    before = gateway.admin.json("status")["policy_version"]
    gateway.policy_file.write_text(policy)
    gateway.process.signal(signal.SIGHUP)
    until("the new policy is in force", lambda: gateway.admin.json("status")["policy_version"] != before)


def test_the_same_statement_runs_once_after_its_approval(gateway, database):
    connection = connect(gateway, "clerk")
    sql = "UPDATE orders  SET quantity = quantity + 1 WHERE id = 11"
    before = database.value("SELECT quantity FROM shop.orders WHERE id = 11")
    approval = asked(connection, sql)
    assert asked(connection, sql) == approval, "asking again asks the same"
    waiting = shown(gateway, approval)
    assert waiting["mode"] == "ticket" and waiting["state"] == "pending"
    assert "assigned shop.orders.quantity" in waiting["columns"] and "predicate shop.orders.id" in waiting["columns"]
    approve(gateway, approval)
    assert run(connection, sql) == 1
    assert database.value("SELECT quantity FROM shop.orders WHERE id = 11") == before + 1
    used = shown(gateway, approval)
    assert used["state"] == "approved" and used["used_by_statement_id"]
    again = asked(connection, sql)
    assert again != approval
    assert shown(gateway, again)["similar"]["approved"] >= 1
    records = gateway.replay(gateway.sessions("clerk")[0]["id"])
    assert [record["ticket_used"]["approval_id"] for record in records if "ticket_used" in record] == [approval]
    gateway.reviewer.text("approvals", "deny", again, "--reason", "enough")
    code, message = refused(connection, sql)
    assert code == 1142 and "decision=denied" in message and "enough" in message


def test_another_session_of_the_agent_may_use_it_and_another_agent_not(gateway, database):
    sql = "UPDATE orders SET status = 'mine' WHERE id = 12"
    approval = asked(connect(gateway, "clerk"), sql)
    approve(gateway, approval)
    assert asked(connect(gateway, "twin"), sql) != approval
    assert run(connect(gateway, "clerk"), sql) == 1


def test_fifty_racing_resends_run_one(gateway, database):
    sql = "UPDATE orders SET quantity = quantity + 1 WHERE id = 16"
    before = database.value("SELECT quantity FROM shop.orders WHERE id = 16")
    connections = [connect(gateway, "clerk") for _ in range(50)]
    approve(gateway, asked(connections[0], sql))

    def resend(connection):
        try:
            return run(connection, sql)
        except pymysql.MySQLError as error:
            assert "decision=used" in error.args[1] or "decision=held" in error.args[1], error
            return 0

    racing = [Background(lambda connection=connection: resend(connection)) for connection in connections]
    assert sum(one.result(60) for one in racing) == 1
    assert database.value("SELECT quantity FROM shop.orders WHERE id = 16") == before + 1


def test_prepared_statement_runs_with_the_approved_values_only(gateway, database):
    def execute(*ids):
        done = node(gateway, "clerk", "ticket.js", 4711, *ids)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    held, = execute(17)
    approval = re.search(r"approval=(apr_\w+)", held)[1]
    assert "4711" in json.dumps(shown(gateway, approval))
    approve(gateway, approval)
    other, same = execute(18, 17)
    assert "decision=held" in other and approval not in other
    assert same == 1
    assert database.query("SELECT id FROM shop.orders WHERE quantity = 4711") == ((17,),)


def test_in_a_transaction_it_runs_there_or_not_at_all(gateway, database):
    connection = connect(gateway, "clerk", autocommit=False)
    rows(connection, "SELECT 1 FROM small LIMIT 1")
    sql = "UPDATE notes SET n = 5 WHERE id = 900"
    insert = "INSERT INTO notes (id, n) VALUES (900, 1)"
    first = asked(connection, insert)
    row = shown(gateway, first)
    assert row["in_transaction"] and row["transaction_statements"] == 1 and row["transaction_since"]
    approve(gateway, first)
    assert run(connection, insert) == 1
    second = asked(connection, sql)
    gateway.reviewer.text("approvals", "deny", second, "--reason", "no")
    assert "decision=denied" in refused(connection, sql)[1]
    assert rows(connection, "SELECT n FROM notes WHERE id = 900") == ((1,),), "the transaction is intact"
    third = asked(connection, sql.replace("5", "6"))
    approve(gateway, third)
    assert run(connection, sql.replace("5", "6")) == 1
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 900") == 0, "it is not committed yet"
    connection.commit()
    assert database.value("SELECT n FROM shop.notes WHERE id = 900") == 6
    database.query("DELETE FROM shop.notes WHERE id = 900")


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK AND CHAIN", "disconnect", "error"])
def test_a_ticket_is_void_when_its_transaction_is_gone(gateway, database, end):
    connection = connect(gateway, "clerk", autocommit=False)
    rows(connection, "SELECT 1 FROM small LIMIT 1")
    sql = f"UPDATE notes SET n = 7 WHERE body = 'gone {end}'"
    approval = asked(connection, sql)
    approve(gateway, approval)
    if end == "disconnect":
        connection.close()
    elif end == "error":
        refused(connection, "SELECT nosuch FROM small")
    else:
        run(connection, end)
    until("the ticket is void", lambda: shown(gateway, approval)["state"] == "void")
    again = connection if end != "disconnect" else connect(gateway, "clerk", autocommit=False)
    assert asked(again, sql) != approval


def test_a_ticket_that_is_not_used_in_time_is_over(gateway, database):
    connection = connect(gateway, "hurried")
    sql = "UPDATE orders SET status = 'late' WHERE id = 20"
    approval = asked(connection, sql)
    approve(gateway, approval)
    until("it is over", lambda: shown(gateway, approval)["state"] == "expired")
    assert asked(connection, sql) != approval
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'late'") == 0


def test_the_agent_chooses_how_it_asks(gateway, database):
    ticket = with_attribute(gateway, "bot", "ticket")
    sql = "UPDATE orders SET status = 'chosen' WHERE id = 21"
    approval = asked(ticket, sql)
    approve(gateway, approval)
    assert run(ticket, sql) == 1
    waits = with_attribute(gateway, "clerk", "wait")
    waiting = Background(lambda: run(waits, "UPDATE orders SET status = 'waited' WHERE id = 22"))
    approve(gateway, until("it is held", lambda: next(
        (row for row in gateway.reviewer.json("approvals", "list") if row["agent"] == "clerk" and row["mode"] == "wait"), None))["id"])
    assert waiting.result() == 1
    with pytest.raises(pymysql.MySQLError) as error:
        with_attribute(gateway, "clerk", "later")
    assert "postern_hold" in error.value.args[1]


def test_a_reason_is_wanted_where_policy_says_so(gateway, database):
    waiting = Background(lambda: run(connect(gateway, "strict"), "UPDATE orders SET status = 'why' WHERE id = 23"))
    approval = gateway.pending("strict")
    assert approval["reason_required"]
    with pytest.raises(CtlError):
        approve(gateway, approval["id"])
    assert not waiting.done()
    approve(gateway, approval["id"], "--reason", "CHG-1")
    assert waiting.result() == 1


def test_a_changed_policy_keeps_tickets_that_are_held_on_the_same_terms(database, fresh):
    gateway = fresh(policy=RULES).gateway
    connection = connect(gateway, "clerk")
    sql = "UPDATE orders SET status = 'terms' WHERE id = 24"
    approve(gateway, asked(connection, sql))
    other = "UPDATE orders SET status = 'terms' WHERE id = 25"
    approval = asked(connection, other)
    approve(gateway, approval)
    put_in_force(gateway, RULES + "\n# another version\n")
    assert run(connection, sql) == 1
    put_in_force(gateway, RULES.replace("wait: 5m, mode: ticket, window: 5m", "wait: 5m, mode: ticket, window: 4m"))
    assert asked(connection, other) != approval


def test_tickets_outlive_the_gateway_and_waits_do_not(database, fresh):
    stack = fresh(policy=RULES)
    gateway = stack.gateway
    connection = connect(gateway, "clerk")
    used = "UPDATE orders SET quantity = 31 WHERE id = 31"
    approve(gateway, asked(connection, used))
    assert run(connection, used) == 1
    later = "UPDATE orders SET quantity = 32 WHERE id = 32"
    approved = asked(connection, later)
    approve(gateway, approved)
    pending = asked(connection, "UPDATE orders SET quantity = 33 WHERE id = 33")
    waiting = Background(lambda: run(connect(gateway, "bot"), "UPDATE orders SET quantity = 34 WHERE id = 34"))
    waited = gateway.pending("bot")["id"]
    until("it is on disk", lambda: waited in (gateway.data / "approvals.db-wal").read_bytes().decode("latin-1")
          + (gateway.data / "approvals.db").read_bytes().decode("latin-1"))
    gateway.process.kill()
    with pytest.raises(pymysql.MySQLError):
        waiting.result()
    gateway.start()
    stack.wait_until_ready()
    assert shown(gateway, waited)["state"] == "void"
    assert shown(gateway, pending)["state"] == "pending"
    approve(gateway, pending)
    again = connect(gateway, "clerk")
    assert asked(again, used) not in (approved, pending), "what was used is not used again"
    assert run(again, later) == 1
    assert run(again, "UPDATE orders SET quantity = 33 WHERE id = 33") == 1
    assert database.query("SELECT id FROM shop.orders WHERE quantity = id AND id BETWEEN 31 AND 34 ORDER BY id") == ((31,), (32,), (33,))


def test_fifty_held_at_once_and_racing_reviewers_run_each_at_most_once(database, fresh):
    gateway = fresh(gateway_options={"limits": {"sessions_per_agent": 200, "held_statements_per_agent": 100}}).gateway
    ids = range(100, 150)
    before = dict(database.query("SELECT id, quantity FROM shop.orders WHERE id BETWEEN 100 AND 149"))

    def hold(number):
        try:
            return run(connect(gateway, "bot"), f"UPDATE orders SET quantity = quantity + 1 WHERE id = {number}")
        except pymysql.MySQLError as error:
            assert "decision=denied" in error.args[1], error
            return 0

    waiting = {number: Background(lambda number=number: hold(number)) for number in ids}
    held = until("all are held", lambda: (lambda rows: rows if len(rows) == 50 else None)(gateway.reviewer.json("approvals", "list")), 60)
    reviewers = [gateway.person(name, "reviewer", "auditor", groups=("dba",)) for name in ("ann", "ben")]

    def decide(person, verb):
        return sum(person.run("approvals", verb, row["id"], "--reason", "race").returncode == 0 for row in held)

    racing = [Background(lambda: decide(reviewers[0], "approve")), Background(lambda: decide(reviewers[1], "deny"))]
    assert sum(one.result(120) for one in racing) == 50, "each is decided once"
    ran = {number: one.result(60) for number, one in waiting.items()}
    after = dict(database.query("SELECT id, quantity FROM shop.orders WHERE id BETWEEN 100 AND 149"))
    assert {number: after[number] - before[number] for number in ids} == ran
    states = {row["id"]: row["state"] for row in gateway.reviewer.json("approvals", "list", "--state", "all")}
    assert sum(state == "approved" for state in states.values()) == sum(ran.values())


# --- watching at a terminal


class Terminal:
    """posternctl at a terminal of its own, typed at."""

    def __init__(self, ctl, *arguments):
        self.primary, secondary = pty.openpty()
        self.child = subprocess.Popen([paths.BIN / "posternctl", *arguments], env=ctl.environment, stdin=secondary, stdout=secondary,
                                      stderr=secondary, start_new_session=True)
        os.close(secondary)
        self.text = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            while chunk := os.read(self.primary, 4096):
                self.text += chunk.decode(errors="replace")
        except OSError:
            pass  # it ended

    def prompt(self):
        return self.text.rsplit("\r\x1b[K", 1)[-1]

    def type(self, keys):
        os.write(self.primary, keys.encode())

    def close(self):
        self.child.kill()
        self.child.wait()


def test_keys_decide_at_a_terminal(gateway, database):
    terminal = Terminal(gateway.reviewer, "approvals", "watch")
    try:
        connection = connect(gateway, "twin")
        sql = "UPDATE orders SET status = 'typed' WHERE id = 41"
        approval = asked(connection, sql)
        until("it is shown", lambda: approval in terminal.text)
        until("it is chosen", lambda: approval in terminal.prompt() or terminal.type("j"))
        terminal.type("aby hand\r")
        until("it is approved", lambda: shown(gateway, approval)["state"] == "approved")
        assert shown(gateway, approval)["votes"][0]["reason"] == "by hand"
        terminal.type("q")
        assert terminal.child.wait(20) == 0
        assert run(connection, sql) == 1
    finally:
        terminal.close()
