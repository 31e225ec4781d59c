"""What a held statement would change is looked at before anybody decides, and shown to nobody who may not see it."""
import datetime
import json
import pathlib
import tempfile

import pymysql
import pytest

from stack.clients import Background, connect
from stack.held import approve, asked, deny, previewed, run, shown
from stack.stack import POLICY, Stack
from stack.wait import until

# What they hold is looked into. The rows of blind's statements it may not read; trusted sees what others see masked; clerk asks by ticket.
RULES = POLICY.replace("masks:\n", """\
masks:
  - { agents: [watched], columns: [shop.customers.email], with: email }
  - { agents: [trusted], columns: [shop.customers.email], with: email, except_groups: [privacy] }
""", 1).replace("rules:\n", """\
rules:
  - name: readers
    agents: [watched, trusted, clerk]
    targets: [shop]
    allow: { verbs: [read, session], objects: ["shop.*", "side.*"] }
  - name: asks
    agents: [watched, trusted, blind]
    targets: [shop]
    hold: { verbs: [update, delete], objects: ["shop.*"], reviewers: [dba], wait: 60s, preview: true }
  - name: clerk-asks
    agents: [clerk]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], wait: 60s, mode: ticket, preview: true }
""", 1)


@pytest.fixture(scope="module")
def stack(database, run_folder):
    stack = Stack(pathlib.Path(tempfile.mkdtemp(prefix="previews-", dir=run_folder)), database, policy=RULES)
    try:
        yield stack.start()
    finally:
        stack.kill()


def test_a_preview_shows_what_would_change_under_the_agents_masks(gateway, database):
    real = [email for email, in database.query("SELECT email FROM shop.customers WHERE id BETWEEN 1 AND 3")]
    before = database.query("SELECT * FROM shop.customers WHERE id BETWEEN 1 AND 3")
    waiting = Background(lambda: run(connect(gateway, "watched"), "UPDATE customers SET name = 'x' WHERE id BETWEEN 1 AND 3"))
    approval = previewed(gateway, "watched")
    preview = approval["preview"]
    assert not preview.get("missing"), preview
    assert preview["rows"] == 3 and not preview["rows_capped"] and not preview["approximate"]
    assert len(preview["sample"]) == 3 and "email" in preview["columns"]
    assert not preview["plan"], "where columns are masked, EXPLAIN is nobody's"
    assert any(mask.startswith("the plan") for mask in preview["masks"])
    assert any("customers.email" in mask for mask in preview["masks"])
    told = json.dumps(approval) + gateway.reviewer.text("approvals", "show", approval["id"])
    assert not any(email in told for email in real), "a masked value is no reviewer's either"
    assert database.query("SELECT * FROM shop.customers WHERE id BETWEEN 1 AND 3") == before
    session = until("the preview's door is proven closed", lambda: next(
        (row for row in gateway.sessions("postern") if row["state"] == "closed"), None))
    records = gateway.replay(session["id"])
    asked = [record["statement"] for record in records if "statement" in record]
    assert asked and all(statement["preview_of"] == approval["id"] for statement in asked)
    assert any(statement["text"].startswith("START TRANSACTION READ ONLY") for statement in asked)
    closed, = [record for record in records if "door_closed" in record]
    assert closed["task_id"].startswith("tsk_"), "the task knows of the door"
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


@pytest.mark.parametrize("sql, why", [
    ("UPDATE orders JOIN customers ON customers.id = orders.customer_id SET orders.status = 'x' WHERE customers.id = 1", "one table"),
    ("UPDATE orders SET status = 'x' WHERE RAND() < 0.1", "another value"),
    ("UPDATE orders SET status = 'x' WHERE id IN (SELECT id FROM customers)", "other tables"),
])
def test_a_missing_preview_says_why_and_is_in_nobodys_way(gateway, sql, why):
    waiting = Background(lambda: run(connect(gateway, "watched"), sql))
    approval = previewed(gateway, "watched")
    assert why in approval["preview"]["missing"]
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError) as error:
        waiting.result()
    assert "decision=denied" in error.value.args[1]


def test_a_preview_sees_no_more_than_it_says_and_blocks_nobody(gateway, database):
    connection = connect(gateway, "watched", autocommit=False)
    waiting = Background(lambda: run(connection, "DELETE FROM small WHERE id >= 0 LIMIT 50"))
    approval = previewed(gateway, "watched")
    assert approval["preview"]["rows"] == 50 and approval["preview"]["approximate"]
    assert len(approval["preview"]["sample"]) == 20
    assert "small" in json.dumps(approval["preview"]["plan"]), approval["preview"]["masks"]
    approve(gateway, approval["id"])
    assert waiting.result() == 50
    locked = Background(lambda: run(connection, "UPDATE small SET id = id + 1000 WHERE id < 5"))
    approval = previewed(gateway, "watched")
    assert not approval["preview"].get("missing"), "locks of the agent's own transaction do not stop it"
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        locked.result()
    connection.rollback()
    assert database.value("SELECT COUNT(*) FROM shop.small") == 200


def test_rows_that_the_agent_may_not_read_are_counted_and_not_shown(gateway):
    waiting = Background(lambda: run(connect(gateway, "blind"), "UPDATE customers SET name = 'x' WHERE id BETWEEN 1 AND 3"))
    approval = previewed(gateway, "blind")
    assert approval["preview"]["rows"] == 3 and not approval["preview"]["sample"]
    assert "may not read" in json.dumps(approval["preview"]["masks"])
    assert "may not read" in gateway.reviewer.text("approvals", "show", approval["id"])
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


def test_an_agents_exception_from_a_mask_is_not_its_reviewers(gateway, database):
    real = database.value("SELECT email FROM shop.customers WHERE id = 1")
    token = gateway.agent_token("trusted", groups=("privacy",))
    waiting = Background(lambda: run(connect(gateway, "trusted", token=token), "UPDATE customers SET name = 'x' WHERE id = 1"))
    approval = previewed(gateway, "trusted")
    assert len(approval["preview"]["sample"]) == 1 and real not in json.dumps(approval)
    assert any("customers.email" in mask for mask in approval["preview"]["masks"])
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


def kept(gateway):
    return b"".join(path.read_bytes() for path in gateway.data.glob("approvals.db*"))


@pytest.mark.parametrize("verdict", ["approve", "deny"])
def test_rows_are_for_reviewers_while_they_decide(gateway, database, verdict):
    database.query(f"UPDATE shop.orders SET status = 'short-lived-{verdict}' WHERE id = 60")
    approval = asked(connect(gateway, "clerk"), f"UPDATE orders SET status = '{verdict}' WHERE id = 60")
    until("it has a preview", lambda: shown(gateway, approval).get("preview"))
    assert len(shown(gateway, approval)["preview"]["sample"]) == 1
    for person in (gateway.person("audrey", "auditor"), gateway.person("kim", "admin")):
        seen = person.json("approvals", "show", approval)["preview"]
        assert seen["rows"] == 1 and not seen["sample"] and "role reviewer" in json.dumps(seen["masks"])
    gateway.reviewer.text("approvals", verdict, approval, "--reason", "test")
    over = shown(gateway, approval)["preview"]
    assert over["rows"] == 1 and not over["sample"] and "decided" in json.dumps(over["masks"])
    until("it is on disk", lambda: approval.encode() in kept(gateway))
    assert f"short-lived-{verdict}".encode() not in kept(gateway)


def test_a_session_with_settings_of_its_own_has_no_preview(gateway):
    connection = connect(gateway, "watched")
    run(connection, "SET time_zone = '+05:00'")
    waiting = Background(lambda: run(connection, "UPDATE orders SET status = 'x' WHERE id = 61"))
    approval = previewed(gateway, "watched")
    assert "time_zone" in approval["preview"]["missing"]
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


def test_a_character_set_that_was_named_is_the_previews_too(gateway, database):
    database.query("UPDATE shop.orders SET status = 'caf\u00e9' WHERE id = 62")
    connection = connect(gateway, "watched", charset="latin1")
    run(connection, "SET NAMES latin1")
    waiting = Background(lambda: run(connection, "UPDATE orders SET status = 'x' WHERE id = 62 AND status = 'caf\u00e9'"))
    approval = previewed(gateway, "watched")
    assert approval["preview"]["rows"] == 1, approval["preview"]
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()


def test_what_was_not_put_before_reviewers_is_not_looked_at(fresh):
    gateway = fresh(policy=RULES, gateway_options={"limits": {"held_statements_per_agent": 1}}).gateway
    first = Background(lambda: run(connect(gateway, "blind"), "UPDATE orders SET status = 'x' WHERE id = 63"))
    approval = previewed(gateway, "blind")
    with pytest.raises(pymysql.MySQLError) as error:
        run(connect(gateway, "blind"), "UPDATE orders SET status = 'x' WHERE id = 64")
    assert "too many" in error.value.args[1]
    deny(gateway, approval)
    with pytest.raises(pymysql.MySQLError):
        first.result()
    assert len(gateway.sessions("postern")) == 1


def test_a_stale_preview_is_no_ground_for_an_approval(database, fresh):
    gateway = fresh(policy=RULES, gateway_options={"limits": {"sessions_per_agent": 200, "preview_max_age": "1s"}}).gateway
    waiting = Background(lambda: run(connect(gateway, "watched"), "UPDATE orders SET status = 'stale' WHERE id = 40"))
    approval = previewed(gateway, "watched")

    stale_at = datetime.datetime.fromisoformat(approval["preview"]["stale_at"].replace("Z", "+00:00"))
    until("it is stale", lambda: datetime.datetime.now(datetime.timezone.utc) > stale_at)
    assert "too long ago" in gateway.reviewer.run("approvals", "approve", approval["id"]).stderr
    with pytest.raises(pymysql.MySQLError) as error:
        waiting.result()
    assert "stale" in error.value.args[1]
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'stale'") == 0
