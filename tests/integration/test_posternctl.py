"""posternctl for people and for scripts: tables, JSON, exit codes, and who may do what."""
import json
import os
import subprocess

import pytest

from stack import paths
from stack.certificates import Certificates
from stack.clients import connect, refused, rows
from stack.ctl import Ctl
from stack.stack import POLICY


def test_status(gateway):
    status = gateway.admin.json("status")
    assert status["journal_writable"] is True and status["version"] and status["policy_version"]
    assert [row["name"] for row in status["relays"]] == ["relay-1"]
    (target,) = status["targets"]
    assert target["name"] == "shop" and target["ready"] is True and target["server"]["version"]
    text = gateway.admin.text("status")
    assert "relay-1" in text and "shop" in text and not text.lstrip().startswith("{")


def test_tokens_are_created_listed_and_revoked(gateway):
    created = gateway.admin.json("tokens", "create", "--name", "temp", "--kind", "agent", "--group", "robots", "--target", "shop", "--ttl", "1h")
    assert created["id"] and len(created["token"]) <= 79
    listed = next(row for row in gateway.admin.json("tokens", "list") if row["id"] == created["id"])
    assert listed["name"] == "temp" and listed["groups"] == ["robots"] and listed["targets"] == ["shop"]
    everything = gateway.admin.text("tokens", "list") + gateway.admin.text("tokens", "list", "--output", "json")
    assert created["token"] not in everything, "a token is shown once"
    gateway.admin.text("tokens", "revoke", created["id"])
    assert created["id"] not in [row["id"] for row in gateway.admin.json("tokens", "list")]


def test_lists_are_arrays_with_ids(gateway):
    connection = connect(gateway, "reader")
    rows(connection, "SELECT COUNT(*) FROM orders")
    for listing in (("sessions", "list"), ("approvals", "list"), ("tokens", "list")):
        answer = gateway.admin.json(*listing)
        assert isinstance(answer, list) and all(row["id"] for row in answer)
    assert gateway.sessions("reader")[0]["id"] in gateway.reviewer.text("sessions", "list")
    connection.close()


def test_replay_tells_the_whole_session(gateway):
    connection = connect(gateway, "reader")
    rows(connection, "SELECT id FROM small WHERE id = 3")
    refused(connection, "DROP TABLE small")
    connection.close()
    session = gateway.sessions("reader")[0]["id"]
    text = gateway.reviewer.text("sessions", "replay", session)
    assert text.index("SELECT id FROM small WHERE id = 3") < text.index("DROP TABLE small")
    assert "reader" in text and "never" in text
    replay = gateway.replay(session)
    assert [row["event"] for row in replay][0] == "session_opened" and len(replay) >= 5
    assert "DROP TABLE small" in json.dumps(replay)


def test_show_has_each_statement_with_rule_and_outcome(gateway):
    connection = connect(gateway, "reader")
    rows(connection, "SELECT id FROM small WHERE id < 5")
    refused(connection, "DROP TABLE small")
    detail = gateway.reviewer.json("sessions", "show", gateway.sessions("reader")[0]["id"])
    lines = {row["verb"]: row for row in detail["statements"]}
    assert lines["select"]["rule"] == "everyone-reads" and lines["select"]["outcome"]["rows"] == 5
    assert lines["select"]["outcome"]["result"] == "ok"
    assert lines["drop_table"]["decision"] == "deny" and lines["drop_table"]["outcome"]["result"] == "refused"
    connection.close()


@pytest.mark.parametrize("arguments", [
    ("sessions", "show", "ses_00000000000000000000000000"), ("approvals", "show", "apr_00000000000000000000000000"),
    ("approvals", "approve", "apr_00000000000000000000000000"), ("tokens", "revoke", "tok_00000000000000000000000000"),
    ("sessions", "terminate", "ses_00000000000000000000000000"), ("sessions", "replay", "ses_00000000000000000000000000"),
])
def test_unknown_id_is_an_error(gateway, arguments):
    done = gateway.person("chief", "admin", "reviewer", groups=("dba",)).run(*arguments)
    assert done.returncode not in (0, 2) and done.stderr and done.stdout == ""


@pytest.mark.parametrize("arguments", [("nonsense",), ("approvals", "nonsense"), ("tokens", "create"), ("approvals", "approve"),
                                       ("status", "--output", "xml"), ("tokens", "create", "--name", "x", "--role", "emperor")])
def test_wrong_usage_has_an_exit_code_of_its_own(gateway, arguments):
    done = gateway.admin.run(*arguments)
    assert done.returncode == 2 and done.stderr


def test_who_may_do_what(gateway):
    reviewer, auditor, admin = gateway.reviewer, gateway.person("alex", "auditor"), gateway.person("kim", "admin")
    agent = Ctl(gateway.api_port, gateway.certificates.ca, gateway.agent_token("reader"))
    stranger = Ctl(gateway.api_port, gateway.certificates.ca, "pat_" + "0" * 40)
    assert auditor.run("sessions", "list").returncode == 0 and auditor.run("approvals", "list").returncode == 0
    assert admin.run("tokens", "list").returncode == 0
    for who, command in [(auditor, ("tokens", "list")), (reviewer, ("tokens", "create", "--name", "x")), (agent, ("status",)),
                         (agent, ("sessions", "list")), (stranger, ("status",)), (auditor, ("sessions", "terminate", "ses_1")),
                         (reviewer, ("tokens", "revoke", "tok_1"))]:
        done = who.run(*command)
        assert done.returncode not in (0, 2) and done.stderr, command


def test_wrong_ca_and_no_gateway_are_errors_that_say_so(gateway, fresh, tmp_path):
    other = Certificates(tmp_path / "other")
    wrong_ca = Ctl(gateway.api_port, other.ca, "pat_x").run("status")
    nobody = Ctl(1, gateway.certificates.ca, "pat_x").run("status")
    for done in (wrong_ca, nobody):
        assert done.returncode not in (0, 2) and done.stderr
    missing = Ctl(gateway.api_port, tmp_path / "missing.pem", "pat_x").run("status")
    assert missing.returncode != 0 and "missing.pem" in missing.stderr


def test_flags_do_the_same_as_the_environment(gateway):
    token = gateway.admin.environment["POSTERN_TOKEN"]
    done = subprocess.run([paths.BIN / "posternctl", "--api", f"localhost:{gateway.api_port}", "--ca", gateway.certificates.ca,
                           "--token", token, "status", "--output", "json"], stdout=subprocess.PIPE, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
    assert done.returncode == 0 and json.loads(done.stdout)["version"]


def test_policy_check(gateway, tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(POLICY)
    assert gateway.admin.run("policy", "check", good).returncode == 0
    bad.write_text(POLICY + "\nrulez: []\n")
    done = gateway.admin.run("policy", "check", bad)
    line = str(len(POLICY.splitlines()) + 2)
    assert done.returncode == 1 and "rulez" in done.stdout + done.stderr and line in done.stdout + done.stderr


@pytest.mark.parametrize("change, words", [
    (("data_dir", "data_dri"), ["data_dri"]), (('"store"', '"mysql2"'), ["mysql2"]), (("gateway.pem", "nowhere.pem"), ["nowhere.pem"]),
    (('"listen": "127.0.0.1', '"listen": "no port'), ["listen"]), (("policy.yaml", "policy2.yaml"), ["policy2.yaml"]),
])
def test_gateway_check_names_what_is_wrong(gateway, tmp_path, change, words):
    config = tmp_path / "gateway.yaml"
    config.write_text(gateway.config_file.read_text())
    assert check("postern-gateway", config).returncode == 0
    config.write_text(gateway.config_file.read_text().replace(*change))
    done = check("postern-gateway", config)
    assert done.returncode != 0 and all(word in done.stderr for word in words), done.stderr


def test_relay_check_names_what_is_wrong(stack, tmp_path):
    config = tmp_path / "relay.yaml"
    config.write_text(stack.relay.config_file.read_text())
    assert check("postern-relay", config).returncode == 0
    for change, word in ((("state_dir", "stat_dir"), "stat_dir"), (("verify-full", "maybe"), "mode"), (('"shop": {', '"shop": { "nonsense": 1,'), "nonsense")):
        config.write_text(stack.relay.config_file.read_text().replace(*change))
        done = check("postern-relay", config)
        assert done.returncode != 0 and word in done.stderr and "relay.yaml" in done.stderr, done.stderr


def check(program, config):
    return subprocess.run([paths.BIN / program, "--config", config, "--check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_bootstrap_token_is_not_made_while_the_gateway_runs(gateway):
    done = subprocess.run([paths.BIN / "postern-gateway", "--config", gateway.config_file, "tokens", "create", "--name", "mallory",
                           "--role", "admin"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode != 0 and done.stdout == "" and done.stderr
