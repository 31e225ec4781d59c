"""Policies as their writers handle them: asked about a statement, tried, put in force, compared, taken back."""
import json

import pytest

from stack.clients import connect, refused, rows
from stack.ctl import CtlError


@pytest.fixture
def ask(stack):
    def explain(sql, *more, agent="veiled"):
        return stack.gateway.reviewer.json("policy", "explain", *more, "--agent", agent, "--target", "shop", "--schema", "shop", "--sql", sql)
    return explain


def test_the_gateway_says_what_it_would_decide(stack, database, ask):
    database.query("CREATE OR REPLACE VIEW shop.people AS SELECT id, email AS mail, name FROM shop.customers")
    connection = connect(stack.gateway, "veiled")
    rows(connection, "SELECT mail FROM people WHERE id = 7")  # a statement under masks waits for the schema of now
    answer = ask("SELECT * FROM people")
    assert answer["decision"] == "allow" and answer["catalog_generation"] > 0
    assert {output["name"]: output["mask"] for output in answer["outputs"]} == {"id": None, "mail": "email", "name": None}
    for sql in ["SELECT id FROM people WHERE mail LIKE 'a%'", "SELECT nobody_knows FROM people", "DROP TABLE orders",
                "SELECT HEX(email) FROM customers ORDER BY card_number"]:
        answer = ask(sql)
        assert answer["decision"] == "deny", sql
        assert f"rule={answer['rule']}" in refused(connection, sql)[1], sql


def test_a_policy_is_tried_against_the_schema_before_it_is_in_force(stack, ask, tmp_path):
    trial = tmp_path / "trial.yaml"
    trial.write_text(stack.gateway.policy_file.read_text().replace("columns: [shop.customers.email], with: email",
                                                                   "columns: [shop.customers.name], with: redact"))
    masks = {output["name"]: output["mask"] for output in ask("SELECT * FROM customers", trial, "--with-schema")["outputs"]}
    assert masks["name"] == "redact" and masks["email"] is None
    masks = {output["name"]: output["mask"] for output in ask("SELECT * FROM customers")["outputs"]}
    assert masks["name"] is None and masks["email"] == "email"
    offline = stack.gateway.reviewer.text("policy", "explain", trial, "--agent", "veiled", "--target", "shop", "--sql",
                                          "SELECT * FROM shop.customers")
    assert "Said without the target's schema" in offline
    trial.write_text("version: 1\nruels: []\n")
    with pytest.raises(CtlError, match="trial.yaml:2:1: ruels: unknown key"):
        ask("SELECT 1", trial, "--with-schema")
    with pytest.raises(CtlError, match="no connected relay has reached that target"):
        stack.gateway.reviewer.json("policy", "explain", "--agent", "bot", "--target", "nowhere", "--sql", "SELECT 1")


def test_a_policy_is_applied_listed_and_rolled_back(fresh, tmp_path):
    gateway = fresh().gateway
    connection = connect(gateway, "bot")
    assert rows(connection, "SELECT COUNT(*) FROM notes WHERE n < 0") == ((0,),)
    first = gateway.admin.json("status")["policy_version"]
    stricter = tmp_path / "stricter.yaml"
    stricter.write_text(gateway.policy_file.read_text().replace(
        "rules:\n", "rules:\n  - { name: no-notes, agents: [bot], targets: [shop], deny: { verbs: [read], objects: [shop.notes] } }\n"))

    reviewer = gateway.person("rita", "reviewer")
    with pytest.raises(CtlError, match="admin"):
        reviewer.text("policy", "apply", stricter)
    second = gateway.admin.json("policy", "apply", stricter, "--reason", "notes are private")["version"]
    assert second != first and gateway.admin.json("status")["policy_version"] == second
    assert gateway.policy_file.read_text() == stricter.read_text()
    assert "rule=no-notes" in refused(connection, "SELECT COUNT(*) FROM notes WHERE n < 0")[1]
    session = gateway.sessions("bot")[0]["id"]
    decided = [record["statement"]["policy_version"] for record in gateway.replay(session) if record["event"] == "statement"]
    assert decided == [first, second]

    with pytest.raises(CtlError, match="in force"):
        gateway.admin.text("policy", "apply", stricter, "--if-version", first)
    bad = tmp_path / "bad.yaml"
    bad.write_text(stricter.read_text() + "\nnonsense: true\n")
    with pytest.raises(CtlError, match="nonsense"):
        gateway.admin.text("policy", "apply", bad)
    assert gateway.admin.json("status")["policy_version"] == second

    newest = gateway.admin.json("policy", "versions")[0]
    assert newest["version"] == second and newest["who"] == "root" and newest["reason"] == "notes are private" and newest["in_force"]
    assert gateway.admin.json("policy", "rollback", first, "--reason", "too strict")["version"] == first
    assert rows(connection, "SELECT COUNT(*) FROM notes WHERE n < 0") == ((0,),)
    assert [version["version"] for version in gateway.admin.json("policy", "versions")][:3] == [first, second, first]
    with pytest.raises(CtlError):
        gateway.admin.text("policy", "rollback", "0123456789ab")

    before = tmp_path / "before.yaml"
    before.write_text(gateway.policy_file.read_text())
    difference = gateway.reviewer.run("policy", "diff", before, stricter, "--replay", session, "--output", "json")
    assert difference.returncode == 1, difference.stderr
    assert "no-notes" in difference.stdout and "notes WHERE" in json.dumps(json.loads(difference.stdout))
    same = gateway.reviewer.run("policy", "diff", before, before, "--replay", session)
    assert same.returncode == 0, same.stderr
