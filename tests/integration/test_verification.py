"""Standing verification: it passes where promises are kept, and each of its checks fails where one is not."""
import json
import re
import signal
import urllib.request

import pymysql
import pytest

from stack.clients import connect
from stack.ctl import CtlError
from stack.database import RELAY_USER
from stack.process import free_port
from stack.stack import POLICY, TARGET
from stack.wait import until

CANARY = "postern-verification"
EMAIL = "canary@verified.example"
READ = f"  - {{ name: verification-reads, agents: [{CANARY}], targets: [shop], allow: {{ verbs: [select], objects: [\"shop.*\"] }} }}\n"
HOLD = "agents: [bot, sam]\n    targets: [shop]\n    hold: { verbs: [insert"
MASK = f"  - {{ agents: [{CANARY}], columns: [shop.customers.email], with: email }}\n"
GRANTED = POLICY.replace("rules:\n", "rules:\n" + READ, 1).replace(HOLD, HOLD.replace("[bot, sam]", f"[bot, sam, {CANARY}]"), 1)
MASKED = GRANTED.replace("masks:\n", "masks:\n" + MASK, 1)
PLAN = {"table": "shop.notes", "masked": {"sql": "SELECT email FROM shop.customers WHERE id = 1", "expect_not": EMAIL}}


@pytest.fixture(scope="module")
def canary_row(database):
    before = database.value("SELECT email FROM shop.customers WHERE id = 1")
    database.query("UPDATE shop.customers SET email = %s WHERE id = 1", EMAIL)
    yield
    database.query("UPDATE shop.customers SET email = %s WHERE id = 1", before)


@pytest.fixture
def verified(fresh, canary_row):
    """A function that makes a stack whose target is verified."""
    def make(plan=PLAN, policy=MASKED, every="24h", **gateway_options):
        return fresh(policy=policy, gateway_options={"verification": {"every": every, "targets": {TARGET: plan}}, **gateway_options})
    return make


def run(gateway, expected_code=0):
    """The one run's JSON."""
    done = gateway.admin.run("verify", "run", "--target", TARGET, "--output", "json")
    assert done.returncode == expected_code, done.stdout + done.stderr
    (one,) = json.loads(done.stdout)
    return one


def results(one):
    return {check["kind"]: check["result"] for check in one["checks"]}


def detail(one, kind):
    return next(check["detail"] for check in one["checks"] if check["kind"] == kind)


ALL_PASSED = {"connection": "passed", "hold": "passed", "mask": "passed", "recording": "passed"}


def test_all_of_it_passes_and_leaves_nothing_behind(verified, database):
    port = free_port()
    gateway = verified(metrics={"listen": f"127.0.0.1:{port}"}).gateway
    database.record()
    rows_before = database.value("SELECT COUNT(*) FROM shop.notes")
    one = run(gateway)
    assert one["state"] == "passed" and results(one) == ALL_PASSED, one
    assert "1 of 1 connection proven closed" in detail(one, "connection")
    assert "writes-need-a-human" in detail(one, "hold")
    assert "shop.customers.email" in detail(one, "mask")
    database.wait_until_no_threads()
    # The write never reached the database, and the read did.
    assert database.recorded("%DELETE FROM%notes%") == []
    assert database.recorded("SELECT 1 FROM %notes%") != []
    assert database.value("SELECT COUNT(*) FROM shop.notes") == rows_before

    reviewer = gateway.reviewer
    session = reviewer.json("sessions", "show", one["session_id"])
    assert session["agent"] == CANARY and session["close_proof"] in ("gone", "killed")
    approval = reviewer.json("approvals", "show", one["approval_id"])
    assert approval["state"] == "void" and approval["agent"] == CANARY
    task = reviewer.json("task", "show", one["task_id"])
    assert task["state"] == "ended" and task["requester"] == CANARY
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        metrics = answer.read().decode()
    for check in ALL_PASSED:
        assert f'postern_verification_passed{{check="{check}",target="{TARGET}"}} 1' in metrics
    (seconds,) = re.findall(r'postern_verification_last_success_timestamp_seconds\{target="shop"\} (\S+)', metrics)
    assert float(seconds) > 1.7e9


def test_a_write_that_policy_lets_through_fails_the_check_and_has_done_nothing(verified, database):
    allowed = MASKED.replace("agents: [loader, veiled]", f"agents: [loader, veiled, {CANARY}]").replace(f"[bot, sam, {CANARY}]", "[bot, sam]")
    gateway = verified(policy=allowed).gateway
    database.query("INSERT INTO shop.notes (body, n) VALUES ('kept', 77)")
    before = database.query("SELECT * FROM shop.notes ORDER BY id")
    one = run(gateway, expected_code=1)
    assert one["state"] == "failed"
    assert results(one) == {**ALL_PASSED, "hold": "failed"}
    assert "let through" in detail(one, "hold")
    assert database.query("SELECT * FROM shop.notes ORDER BY id") == before
    # One that would meet rows is rolled back.
    gateway = verified(policy=allowed, plan={**PLAN, "held": "UPDATE shop.notes SET n = 0 WHERE n = 77"}).gateway
    assert "met 1 rows" in detail(run(gateway, expected_code=1), "hold")
    assert database.query("SELECT * FROM shop.notes ORDER BY id") == before
    assert "standing verification failed" in gateway.process.log_text()


def test_a_write_that_is_refused_and_not_held_fails_the_check(verified):
    gateway = verified(policy=MASKED.replace(f"[bot, sam, {CANARY}]", "[bot, sam]")).gateway
    one = run(gateway, expected_code=1)
    assert results(one) == {**ALL_PASSED, "hold": "failed"} and "refused, not held" in detail(one, "hold")


def test_a_mask_that_is_gone_fails_the_check(verified):
    gateway = verified(policy=GRANTED).gateway
    one = run(gateway, expected_code=1)
    assert results(one) == {**ALL_PASSED, "mask": "failed"}
    assert "in the clear" in detail(one, "mask") and EMAIL not in str(one)
    # A value that is another one by now proves nothing.
    gateway = verified(policy=GRANTED, plan={**PLAN, "masked": {**PLAN["masked"], "expect_not": "somebody else's"}}).gateway
    assert results(run(gateway, expected_code=1))["mask"] == "failed"


def test_a_close_that_is_not_proven_fails_the_check(verified, database):
    gateway = verified(plan={"table": "shop.notes"}, policy=GRANTED).gateway
    lock = database.connect()
    with lock.cursor() as cursor:
        cursor.execute("LOCK TABLES shop.notes WRITE")
    process = gateway.admin.popen("verify", "run", "--output", "json")
    try:
        until("the canary's read waits", lambda: any("notes" in (info or "") for _, _, info in database.threads()))
        # Its connection stays, and the relay gets no second one to look from.
        database.query(f"ALTER USER '{RELAY_USER}'@'127.0.0.1' ACCOUNT LOCK")
        reading = [thread for thread, _, info in database.threads() if "notes" in (info or "")]
        for thread, _, _ in database.threads():
            if thread not in reading:
                database.query(f"KILL {thread}")
        lock.close()
        out, error = process.communicate(timeout=60)
        assert process.returncode == 1, out + error
        (one,) = json.loads(out)
        assert results(one)["connection"] == "failed" and "only 0 of 1" in detail(one, "connection"), one
    finally:
        database.query(f"ALTER USER '{RELAY_USER}'@'127.0.0.1' ACCOUNT UNLOCK")
        lock.close() if lock.open else None
        process.kill()
    until("another run passes", lambda: gateway.admin.run("verify", "run").returncode == 0, 60)


def test_a_damaged_journal_fails_the_check(verified):
    gateway = verified().gateway
    assert results(run(gateway)) == ALL_PASSED
    segment = gateway.data / "journal" / "00000001.pjl"
    damaged = bytearray(segment.read_bytes())
    at = damaged.find(b"SELECT 1 FROM")
    with open(segment, "r+b") as file:
        file.seek(at)
        file.write(b"select")
    one = run(gateway, expected_code=1)
    assert results(one) == {**ALL_PASSED, "recording": "failed"}
    assert "the journal is damaged: 00000001.pjl, offset" in detail(one, "recording")


def test_without_an_access_entry_or_a_relay_nothing_is_taken_for_verified(verified):
    stack = verified(policy=MASKED.replace('agents: ["*"], targets: [shop], open', "agents: [bot], targets: [shop], open"))
    one = run(stack.gateway, expected_code=1)
    assert results(one)["connection"] == "failed" and "access" in detail(one, "connection")
    assert results(one)["hold"] == "not_reached" and results(one)["recording"] == "not_reached"
    stack = verified()
    stack.relay.process.kill()
    until("the relay is missed", lambda: not stack.gateway.target_ready(TARGET))
    one = run(stack.gateway, expected_code=1)
    assert one["state"] == "failed" and results(one)["connection"] == "failed"


def test_the_schedule_begins_runs_by_itself_and_none_pile_up(verified):
    gateway = verified(every="1s").gateway
    ended = lambda: [one for one in gateway.admin.json("verify", "list")["runs"] if one["state"] == "passed"]
    until("runs have passed without anybody asking", lambda: len(ended()) >= 2, 60)
    listed = gateway.admin.json("verify", "list")
    assert all(one["asked_by"] == "" for one in listed["runs"])
    assert sum(one["state"] in ("waiting", "running") for one in listed["runs"]) <= 1
    times = sorted((one["started_at"], one["ended_at"]) for one in ended())
    assert all(earlier[1] <= later[0] for earlier, later in zip(times, times[1:]))


def test_a_gateway_that_stops_ends_the_run_cleanly(verified, database):
    gateway = verified(plan={"table": "shop.notes"}, policy=GRANTED).gateway
    lock = database.connect()
    with lock.cursor() as cursor:
        cursor.execute("LOCK TABLES shop.notes WRITE")
    try:
        begun = gateway.admin.popen("verify", "run")
        until("the canary's read waits", lambda: any("notes" in (info or "") for _, _, info in database.threads()))
        gateway.process.signal(signal.SIGTERM)
        assert gateway.process.child.wait(20) == 0
        begun.communicate(timeout=60)
        assert begun.returncode != 0
    finally:
        lock.close()
    database.wait_until_no_threads()
    gateway.start()
    tasks = lambda: [row["state"] for row in gateway.reviewer.json("task", "list") if row["agent"] == CANARY]
    until("its task is over", lambda: tasks() == ["ended"], 30)
    assert "standing verification failed" not in gateway.process.log_text()


def test_nobody_else_is_the_canary_and_only_who_may_verifies(verified):
    gateway = verified(plan={"table": "shop.notes"}).gateway
    with pytest.raises(CtlError, match="keeps that name"):
        gateway.admin.json("tokens", "create", "--name", CANARY, "--kind", "agent")
    with pytest.raises(CtlError, match="an agent's name"):
        gateway.admin.json("task", "start", "--target", TARGET, "--agent", CANARY, "--reason", "to be the canary")
    with pytest.raises(pymysql.OperationalError):
        connect(gateway, CANARY, token=gateway.agent_token("bot"))
    assert gateway.person("rita", "reviewer", groups=("dba",)).run("verify", "run").returncode == 4
    one = gateway.person("axel", "auditor").json("verify", "run")[0]
    assert one["asked_by"] == "axel" and results(one) == {**ALL_PASSED, "mask": "not_configured"}


def test_a_target_that_is_not_configured_says_so(fresh):
    gateway = fresh().gateway
    done = gateway.admin.run("verify", "run")
    assert done.returncode == 1 and "not configured" in done.stderr
    assert "NOT CONFIGURED" in gateway.admin.text("verify", "list")
    assert not gateway.admin.json("verify", "list")["targets"][0]["configured"]
