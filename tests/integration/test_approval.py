"""A held write waits for a human; what was approved, and only that, runs."""
import json

import pymysql
import pytest

from stack.clients import Background, CommandLine, command_lines, connect, drop, node, refused, rows
from stack.ctl import CtlError
from stack.wait import until


def hold(connection, sql):
    """Sends a statement that will be held; its answer comes when somebody decides."""
    return Background(lambda: affected(connection, sql))


def affected(connection, sql):
    with connection.cursor() as cursor:
        return cursor.execute(sql)


def test_approved_statement_changes_one_row_and_is_what_ran(gateway, database, bot):
    database.record()
    sql = "UPDATE  orders SET status='x'   WHERE id=1"
    waiting = hold(bot, sql)
    approval = gateway.pending("bot")
    assert sql in json.dumps(approval), "the reviewer sees the agent's own bytes"
    assert not waiting.done() and database.recorded("%UPDATE%") == []
    gateway.reviewer.text("approvals", "approve", approval["id"], "--reason", "fine")
    assert waiting.result() == 1
    assert database.value("SELECT status FROM shop.orders WHERE id = 1") == "x"
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'x'") == 1
    assert [text for _, text, _ in database.recorded("%UPDATE%")] == [sql]
    assert gateway.reviewer.json("approvals", "show", approval["id"])["state"] == "approved"


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_command_line_waits_for_the_decision(gateway, database, name):
    client = CommandLine(command_lines()[name], gateway, "bot")
    waiting = Background(lambda: client.run("UPDATE orders SET quantity = 77 WHERE id = 2; SELECT quantity FROM orders WHERE id = 2"))
    gateway.reviewer.text("approvals", "approve", gateway.pending("bot")["id"])
    done = waiting.result()
    assert (done.returncode, done.stdout.strip()) == (0, "77"), done.stderr


def test_prepared_statement_is_held_with_its_values(gateway, database):
    waiting = Background(lambda: node(gateway, "bot", "held.js", 4321, 3))
    approval = gateway.pending("bot")
    assert "4321" in json.dumps(approval), "the reviewer sees the bound values"
    gateway.reviewer.text("approvals", "approve", approval["id"])
    done = waiting.result()
    assert done.returncode == 0, done.stderr
    assert database.value("SELECT quantity FROM shop.orders WHERE id = 3") == 4321


def test_denied_statement_is_an_error_and_the_transaction_goes_on(gateway, database):
    connection = connect(gateway, "bot", autocommit=False)
    first = hold(connection, "INSERT INTO notes (id, n) VALUES (800, 1)")
    gateway.reviewer.text("approvals", "approve", gateway.pending("bot")["id"])
    assert first.result() == 1
    second = hold(connection, "UPDATE notes SET n = 2 WHERE id = 800")
    gateway.reviewer.text("approvals", "deny", gateway.pending("bot")["id"], "--reason", "not on a Friday")
    with pytest.raises(pymysql.MySQLError) as error:
        second.result()
    assert error.value.args[0] in (1142, 1227)
    assert "not on a Friday" in error.value.args[1] and "writes-need-a-human" in error.value.args[1]
    assert rows(connection, "SELECT n FROM notes WHERE id = 800") == ((1,),)
    connection.commit()
    connection.close()
    assert database.value("SELECT n FROM shop.notes WHERE id = 800") == 1
    database.query("DELETE FROM shop.notes WHERE id = 800")


def test_hold_that_nobody_decides_is_refused(gateway, database):
    connection = connect(gateway, "hasty")
    code, message = refused(connection, "UPDATE orders SET status = 'late' WHERE id = 4")
    assert code in (1142, 1227, 3024) and "hasty-writes" in message
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'late'") == 0
    newest = next(row for row in gateway.reviewer.json("approvals", "list", "--state", "all") if row["agent"] == "hasty")
    assert newest["state"] == "expired"
    with pytest.raises(CtlError):
        gateway.reviewer.text("approvals", "approve", newest["id"])
    connection.close()


def test_disconnect_voids_the_approval(gateway, database):
    connection = connect(gateway, "bot")
    hold(connection, "UPDATE orders SET status = 'void' WHERE id = 5")
    approval = gateway.pending("bot")["id"]
    drop(connection)
    until("the approval is void", lambda: gateway.reviewer.json("approvals", "show", approval)["state"] == "void")
    with pytest.raises(CtlError):
        gateway.reviewer.text("approvals", "approve", approval)
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'void'") == 0


def test_requester_cannot_approve_their_own(gateway, database):
    connection = connect(gateway, "sam")
    waiting = hold(connection, "UPDATE orders SET status = 'own' WHERE id = 6")
    approval = gateway.pending("sam")["id"]
    sam = gateway.person("sam", "reviewer", groups=("dba",))
    with pytest.raises(CtlError):
        sam.text("approvals", "approve", approval)
    assert not waiting.done()
    gateway.reviewer.text("approvals", "deny", approval, "--reason", "own")
    with pytest.raises(pymysql.MySQLError):
        waiting.result()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'own'") == 0
    connection.close()


def test_only_a_member_of_the_reviewers_with_the_role_decides(gateway, bot):
    waiting = hold(bot, "UPDATE orders SET status = 'who' WHERE id = 7")
    approval = gateway.pending("bot")["id"]
    for person in (gateway.person("pat", "reviewer", groups=("sales",)), gateway.person("alex", "auditor", groups=("dba",)),
                   gateway.person("kim", "admin")):
        with pytest.raises(CtlError):
            person.text("approvals", "approve", approval)
    assert not waiting.done()
    gateway.reviewer.text("approvals", "deny", approval, "--reason", "test")
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


def test_two_approvals_must_be_of_two_people(gateway, database):
    connection = connect(gateway, "careful")
    waiting = hold(connection, "UPDATE orders SET status = 'two' WHERE id = 8")
    approval = gateway.pending("careful")["id"]
    gateway.reviewer.text("approvals", "approve", approval)
    assert gateway.reviewer.run("approvals", "approve", approval).returncode != 0, "one person does not vote twice"
    assert gateway.reviewer.json("approvals", "show", approval)["state"] == "pending"
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'two'") == 0
    gateway.person("erin", "reviewer", groups=("dba",)).text("approvals", "approve", approval)
    assert waiting.result() == 1
    connection.close()


def test_approval_is_single_use(gateway, database, bot):
    sql = "UPDATE orders SET quantity = quantity + 1 WHERE id = 9"
    waiting = hold(bot, sql)
    approval = gateway.pending("bot")["id"]
    gateway.reviewer.text("approvals", "approve", approval)
    assert waiting.result() == 1
    with pytest.raises(CtlError):
        gateway.reviewer.text("approvals", "approve", approval)
    again = hold(bot, sql)
    assert gateway.pending("bot")["id"] != approval
    gateway.reviewer.text("approvals", "deny", gateway.pending("bot")["id"], "--reason", "again")
    with pytest.raises(pymysql.MySQLError):
        again.result()


def test_watch_shows_a_held_statement_as_it_comes(gateway, bot):
    watch = gateway.reviewer.popen("approvals", "watch", "--output", "json")
    waiting = hold(bot, "UPDATE orders SET status = 'seen' WHERE id = 10")
    approval = gateway.pending("bot")["id"]
    try:
        line = Background(watch.stdout.readline)
        assert json.loads(line.result(20))["id"] == approval
        gateway.reviewer.text("approvals", "deny", approval, "--reason", "test")
        line = Background(watch.stdout.readline)
        assert json.loads(line.result(20))["state"] == "denied"
    finally:
        watch.kill()
        watch.communicate()
    with pytest.raises(pymysql.MySQLError):
        waiting.result()
