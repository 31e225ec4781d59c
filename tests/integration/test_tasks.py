"""A door opens for a task and shuts by itself: credentials, approval, deadline, end, budgets and what stands in the record."""
import tempfile
import pathlib
import time

import pymysql
import pytest

from stack.clients import Background, connect, refused, rows
from stack.ctl import Ctl, CtlError
from stack.stack import POLICY, Stack
from stack.wait import until

RULES = POLICY.split("access:")[0] + """\
  - name: tasks-read
    agents: [worker, asker, idler, counter, crowd]
    targets: [shop]
    allow: { verbs: [read], objects: ["shop.*"] }
  - name: tasks-write
    agents: [worker]
    targets: [shop]
    allow: { verbs: [insert, update, delete], objects: ["shop.*"] }
access:
  - { agents: [asker], targets: [shop], open: approval, reviewers: [dba], approvals: 1, wait: 60s, max_ttl: 30m }
  - { agents: [shut], targets: [shop], open: refused }
  - { agents: [idler], targets: [shop], open: automatic, idle: 5s }
  - { agents: [counter], targets: [shop], open: automatic, budgets: { rows: 100 } }
  - { agents: [veiled], targets: [shop], open: automatic, budgets: { masked_values: 10 } }
  - { agents: [crowd], targets: [shop], open: automatic, connections: 2 }
  - { agents: ["*"], targets: [shop], open: automatic, max_ttl: 1h, idle: 10m, connections: 64 }
"""


@pytest.fixture(scope="module")
def gateway(database, run_folder):
    stack = Stack(pathlib.Path(tempfile.mkdtemp(prefix="tasks-", dir=run_folder)), database, policy=RULES)
    try:
        yield stack.start().gateway
    finally:
        stack.kill()


def agent(gateway, name):
    """posternctl with an agent's own token."""
    return Ctl(gateway.api_port, gateway.certificates.ca, gateway.agent_token(name))


def start(gateway, name, *options):
    return agent(gateway, name).json("task", "start", "--target", "shop", "--reason", "nightly report", *options)


def enter(gateway, task, **options):
    return connect(gateway, task["user"].split("+")[0], token=task["password"], **options)


def login_error(gateway, name, password):
    with pytest.raises(pymysql.err.OperationalError) as raised:
        connect(gateway, name, token=password)
    return raised.value.args


def shown(gateway, task):
    return gateway.reviewer.json("task", "show", task["id"])


def ended(gateway, task, seconds=10):
    return until("the task has ended and its summary is there", lambda: (
        now := shown(gateway, task))["state"] == "ended" and now, seconds)


def test_a_task_gives_what_it_takes_to_log_in_and_stands_in_every_record(gateway, database):
    task = start(gateway, "worker", "--ttl", "10m", "--sponsor", "ann", "--run-id", "run-7", "--label", "model=m1", "--label", "ticket=OPS-1")
    assert task["state"] == "open" and task["user"] == "worker+shop" and task["password"].startswith("tsk_") and len(task["password"]) <= 79
    assert task["host"] == "127.0.0.1" and task["port"] == gateway.mysql_port and task["deadline"]
    assert task["dsn"] == f"mysql://worker%2Bshop:{task['password']}@127.0.0.1:{gateway.mysql_port}/"
    connection = enter(gateway, task)
    assert rows(connection, "SELECT COUNT(*) FROM orders WHERE id = 1") == ((1,),)
    refused(connection, "DROP TABLE orders")
    (session,) = gateway.reviewer.json("sessions", "list", "--task", task["id"])
    assert session["task"] == {"id": task["id"], "implicit": False, "reason": "nightly report", "requester": "worker", "sponsor": "ann",
                               "run_id": "run-7", "labels": {"model": "m1", "ticket": "OPS-1"}}
    now = shown(gateway, task)
    assert now["sessions_live"] == 1 and now["spent"]["statements"] == 1 and now["spent"]["rows"] == 1 and now["refused"] == 1
    connection.close()
    until("the close is proven", lambda: shown(gateway, task)["doors_gone"] == 1)
    records = gateway.replay(session["id"])
    assert {record["task_id"] for record in records} == {task["id"]}
    assert {record["event"] for record in records} >= {"session_opened", "statement", "outcome", "door_opened", "door_closed", "session_closed"}
    assert next(record for record in records if record["event"] == "session_opened")["session_opened"]["task"]["reason"] == "nightly report"
    assert "nightly report" in gateway.reviewer.text("sessions", "show", session["id"])
    for files in gateway.data.rglob("*"):
        assert not files.is_file() or task["password"].encode() not in files.read_bytes(), files


def test_the_database_sees_which_task_is_behind_a_thread(gateway, database):
    task = start(gateway, "worker")
    connection = enter(gateway, task)
    rows(connection, "SELECT COUNT(*) FROM orders WHERE id = 1")
    if database.value("SELECT @@performance_schema"):
        assert database.query("SELECT COUNT(*) FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'postern_task' AND ATTR_VALUE = '"
                              + task["id"] + "'")[0][0] == 1


def test_a_plain_login_is_a_task_of_its_own(gateway):
    connection = connect(gateway, "worker")
    session = gateway.sessions("worker")[0]
    assert session["task"]["implicit"] and session["task"]["id"].startswith("tsk_")
    assert session["task"]["id"] not in [task["id"] for task in gateway.reviewer.json("task", "list")]
    connection.close()


def test_people_are_told_how_to_log_in(gateway):
    text = gateway.admin.text("task", "start", "--target", "shop", "--reason", "help out", "--agent", "worker")
    for line in ("mysql://worker%2Bshop:tsk_", "[client]", "export MYSQL_HOST=127.0.0.1"):
        assert line in text


def test_where_reviewers_decide_a_plain_login_is_sent_to_start_a_task(gateway):
    code, message = login_error(gateway, "asker", gateway.agent_token("asker"))
    assert code == 1045 and "posternctl task start --target shop" in message and "rule=access" in message


def test_a_task_opens_once_a_reviewer_approves_and_not_before(gateway):
    task = start(gateway, "asker", "--no-wait", "--sponsor", "sam", "--ttl", "5m")
    assert task["state"] == "requested" and task["deadline"] is None
    assert "waits for approval" in login_error(gateway, "asker", task["password"])[1]
    waiting = gateway.pending("asker")
    assert waiting["kind"] == "task" and waiting["task"]["id"] == task["id"] and waiting["task_ttl_seconds"] == 300
    assert "nightly report" in gateway.reviewer.text("approvals", "show", waiting["id"])
    sponsor = gateway.person("sam", "reviewer", groups=("dba",))
    with pytest.raises(CtlError) as own:
        sponsor.text("approvals", "approve", waiting["id"])
    assert own.value.code == 4 and "sponsor" in own.value.error
    gateway.reviewer.text("approvals", "approve", waiting["id"])
    until("the task is open", lambda: shown(gateway, task)["state"] == "open")
    assert shown(gateway, task)["approved_by"] == "dana"
    assert rows(enter(gateway, task), "SELECT COUNT(*) FROM orders WHERE id = 1") == ((1,),)
    with pytest.raises(CtlError) as extended:
        agent(gateway, "asker").text("task", "extend", task["id"], "--ttl", "10m")
    assert extended.value.code == 4
    gateway.reviewer.text("task", "extend", task["id"], "--ttl", "10m")


def test_start_waits_for_the_reviewer_unless_told_otherwise(gateway):
    started = Background(lambda: start(gateway, "asker"))
    gateway.reviewer.text("approvals", "approve", gateway.pending("asker")["id"])
    assert started.result()["state"] == "open"
    denied = Background(lambda: agent(gateway, "asker").run("task", "start", "--target", "shop", "--reason", "more"))
    gateway.reviewer.text("approvals", "deny", gateway.pending("asker")["id"], "--reason", "not today")
    done = denied.result()
    assert done.returncode == 1 and "denied by dana: not today" in done.stderr


def test_a_requested_task_that_is_ended_is_no_longer_asked_about(gateway):
    task = start(gateway, "asker", "--no-wait")
    waiting = gateway.pending("asker")
    agent(gateway, "asker").text("task", "end", task["id"])
    until("nobody is asked any more", lambda: gateway.reviewer.json("approvals", "show", waiting["id"])["state"] == "void")
    assert shown(gateway, task)["state"] == "refused"
    assert "was refused" in login_error(gateway, "asker", task["password"])[1]


def test_policy_may_refuse(gateway):
    with pytest.raises(CtlError) as shut:
        start(gateway, "shut")
    assert shut.value.code == 4 and "no access entry" in shut.value.error
    assert "rule=access" in login_error(gateway, "shut", gateway.agent_token("shut"))[1]
    with pytest.raises(CtlError) as long:
        start(gateway, "worker", "--ttl", "2h")
    assert "max_ttl" in long.value.error


def test_the_deadline_shuts_the_door_in_the_middle_of_a_statement_and_of_reconnects(gateway, database):
    blocker = database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = 40 FOR UPDATE")
    began = time.monotonic()
    task = start(gateway, "worker", "--ttl", "5s")
    stuck = enter(gateway, task)
    waiting = Background(lambda: refused(stuck, "UPDATE orders SET status = 'never' WHERE id = 40"))
    until("the statement waits in the database", lambda: any(row[2] and "never" in row[2] for row in database.threads()))
    logins = 0
    while True:
        try:
            connection = enter(gateway, task)
            rows(connection, "SELECT COUNT(*) FROM orders WHERE id = 1")
            connection.close()
            logins += 1
        except pymysql.err.MySQLError as error:
            if error.args[0] == 1045:
                last_words = error.args[1]
                break
    assert logins > 3 and "has ended: deadline" in last_words
    assert 4.5 < time.monotonic() - began < 20, "the lock alone would keep it for 50 s"
    waiting.result(20)
    database.wait_until_no_threads()
    blocker.rollback()
    blocker.close()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'never'") == 0
    summary = ended(gateway, task)
    assert summary["ended_because"] == "deadline" and summary["doors"] == summary["doors_gone"] + summary["doors_killed"] > 3
    assert summary["sessions"] >= logins and summary["sessions_live"] == 0


def test_end_cuts_live_sessions_and_rolls_back(gateway, database):
    database.query("DELETE FROM shop.notes WHERE id = 812")
    task = start(gateway, "worker")
    connection = enter(gateway, task, autocommit=False)
    rows(connection, "INSERT INTO notes (id) VALUES (812)")
    agent(gateway, "worker").text("task", "end", task["id"], "--reason", "done")
    database.wait_until_no_threads()
    refused(connection, "SELECT 1")
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 812") == 0
    summary = ended(gateway, task)
    assert (summary["ended_because"], summary["ended_by"], summary["doors"], summary["doors_gone"] + summary["doors_killed"]) == (
        "ended", "worker", 1, 1)
    (session,) = gateway.reviewer.json("sessions", "list", "--task", task["id"])
    assert session["close_reason"] == "task ended"
    assert "has ended" in login_error(gateway, "worker", task["password"])[1]


def test_a_task_ends_when_its_sessions_are_idle(gateway):
    task = start(gateway, "idler")
    connection = enter(gateway, task)
    for _ in range(5):
        time.sleep(1.2)
        rows(connection, "SELECT COUNT(*) FROM orders WHERE id = 1")
    assert shown(gateway, task)["state"] == "open"
    assert ended(gateway, task)["ended_because"] == "idle"


def test_a_revoked_token_ends_the_tasks_started_with_it(gateway, database):
    made = gateway.admin.json("tokens", "create", "--name", "worker", "--kind", "agent")
    task = Ctl(gateway.api_port, gateway.certificates.ca, made["token"]).json("task", "start", "--target", "shop", "--reason", "short")
    connection = enter(gateway, task)
    rows(connection, "SELECT COUNT(*) FROM orders WHERE id = 1")
    gateway.admin.text("tokens", "revoke", made["id"])
    database.wait_until_no_threads()
    assert ended(gateway, task)["ended_because"] == "revoked"


def test_sessions_of_a_task_share_one_budget(gateway):
    task = start(gateway, "counter")
    first, second = enter(gateway, task), enter(gateway, task)
    assert len(rows(first, "SELECT id FROM orders LIMIT 60")) == 60
    cursor = second.cursor(pymysql.cursors.SSCursor)
    cursor.execute("SELECT id FROM orders LIMIT 60")
    seen = 0
    with pytest.raises(pymysql.err.MySQLError) as cut:
        for _ in cursor:
            seen += 1
    assert seen == 40 and "decision=cut" in cut.value.args[1]
    for connection in (first, second):
        code, message = refused(connection, "SELECT id FROM orders WHERE id = 1")
        assert code == 1142 and "this task's budget of 100 rows is used up" in message
    assert shown(gateway, task)["spent"]["rows"] == 100
    other = start(gateway, "counter")
    assert len(rows(enter(gateway, other), "SELECT id FROM orders LIMIT 60")) == 60


def test_different_masked_values_are_counted_over_the_task(gateway):
    task = start(gateway, "veiled")
    first, second = enter(gateway, task), enter(gateway, task)
    for connection in (first, second, first):
        assert len(rows(connection, "SELECT email FROM customers ORDER BY id LIMIT 6")) == 6
    assert shown(gateway, task)["spent"]["masked_values"] == 6
    assert len(rows(first, "SELECT ssn FROM customers ORDER BY id LIMIT 50")) == 50
    assert shown(gateway, task)["spent"]["masked_values"] == 6
    cursor = second.cursor(pymysql.cursors.SSCursor)
    cursor.execute("SELECT email FROM customers ORDER BY id")
    seen = 0
    with pytest.raises(pymysql.err.MySQLError) as cut:
        for _ in cursor:
            seen += 1
    assert seen == 11 and "budget of 10 masked values is used up" in cut.value.args[1]
    assert "budget of 10 masked values is used up" in refused(first, "SELECT COUNT(*) FROM customers")[1]


def test_a_task_has_no_more_sessions_than_its_connections(gateway):
    task = start(gateway, "crowd")
    held = [enter(gateway, task) for _ in range(2)]
    assert login_error(gateway, "crowd", task["password"])[0] == 1040
    assert len(held) == 2


def test_agents_see_and_end_their_own_tasks_only(gateway):
    task = start(gateway, "worker")
    stranger = agent(gateway, "crowd")
    for words in (("show",), ("end",), ("extend", "--ttl", "50m")):
        assert stranger.run("task", words[0], task["id"], *words[1:]).returncode == 5
    assert task["id"] not in [row["id"] for row in stranger.json("task", "list")]
    assert task["id"] in [row["id"] for row in agent(gateway, "worker").json("task", "list", "--state", "open")]
    assert stranger.run("task", "start", "--target", "shop", "--reason", "x", "--agent", "worker").returncode == 4
    assert gateway.reviewer.run("task", "start", "--target", "shop", "--reason", "x", "--agent", "worker").returncode == 4
    assert stranger.run("sessions", "list").returncode == 4
    assert Ctl(gateway.api_port, gateway.certificates.ca, task["password"]).run("task", "list").returncode == 4
    gateway.reviewer.text("task", "end", task["id"])
    assert ended(gateway, task)["ended_by"] == "dana"


def test_an_agent_extends_within_the_policy_and_reconnecting_does_not(gateway):
    task = start(gateway, "worker", "--ttl", "60s")
    enter(gateway, task).close()
    assert shown(gateway, task)["deadline"] == task["deadline"]
    longer = agent(gateway, "worker").json("task", "extend", task["id"], "--ttl", "10m")
    assert longer["deadline"] > task["deadline"]
    with pytest.raises(CtlError) as beyond:
        agent(gateway, "worker").text("task", "extend", task["id"], "--ttl", "2h")
    assert "max_ttl" in beyond.value.error


def test_open_tasks_outlive_the_gateway_with_their_deadlines_and_budgets(fresh, database):
    stack = fresh(policy=RULES)
    gateway = stack.gateway
    long, short = start(gateway, "counter", "--ttl", "10m"), start(gateway, "worker", "--ttl", "4s")
    asked = start(gateway, "asker", "--no-wait")
    connection = enter(gateway, long)
    assert len(rows(connection, "SELECT id FROM orders LIMIT 70")) == 70
    until("what it used up is kept", lambda: shown(gateway, long)["spent"]["rows"] == 70)
    time.sleep(1.5)
    gateway.process.kill()
    time.sleep(3)
    gateway.start()
    stack.wait_until_ready()
    assert shown(gateway, long)["deadline"] == long["deadline"]
    again = enter(gateway, long)
    with pytest.raises(pymysql.err.MySQLError):
        rows(again, "SELECT id FROM orders LIMIT 70")
    assert shown(gateway, long)["spent"]["rows"] == 100
    assert ended(gateway, short)["ended_because"] == "deadline"
    assert "restarted" in shown(gateway, asked)["ended_because"]
    assert "has ended" in login_error(gateway, "worker", short["password"])[1]
    # The door that the dead gateway left is proven closed to the new one, and counted.
    until("the first door is proven closed", lambda: shown(gateway, long)["doors_gone"] + shown(gateway, long)["doors_killed"] >= 1)
