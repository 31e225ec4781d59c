"""postern-relay check: says what an account may do, and fails on danger."""
import json
import subprocess

import pytest

from stack import paths
from stack.database import RELAY_PASSWORD


def check(relay, *options):
    return subprocess.run([paths.BIN / "postern-relay", "check", "--config", relay.config_file, *options], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def examined(relay):
    done = check(relay, "--output", "json")
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def account(database):
    """A function that makes a user with these statements' grants; the target's options for it."""
    made = []

    def make(name, *grants):
        database.query(f"CREATE USER '{name}'@'127.0.0.1' IDENTIFIED BY '{RELAY_PASSWORD}'")
        made.append(name)
        for grant in grants:
            database.query(grant.replace("GRANTEE", f"'{name}'@'127.0.0.1'"))
        return {"user": name}

    yield make
    for name in made:
        database.query(f"DROP USER '{name}'@'127.0.0.1'")


def test_least_privileged_account_is_fine(stack, database):
    code, report = examined(stack.relay)
    assert code == 0 and not report["danger"]
    (one,) = report["targets"]
    # The server takes 500 connections, and so would the relay alone.
    assert one["reached"] and all("max_doors" in finding["text"] for finding in one["findings"])
    assert one["version"] == database.value("SELECT @@version")
    assert one["account"] == "postern_relay@127.0.0.1"
    assert one["tls"]["version"].startswith("TLSv1.") and one["tls"]["cipher"]
    assert abs(one["clock_difference_ms"]) < 1000
    assert one["connections"]["max"] == database.value("SELECT @@max_connections")
    assert one["lower_case_table_names"] == database.value("SELECT @@lower_case_table_names")
    text = check(stack.relay)
    assert text.returncode == 0 and "postern_relay@127.0.0.1" in text.stdout and "TLSv1." in text.stdout
    assert RELAY_PASSWORD not in text.stdout + text.stderr + json.dumps(report) and "IDENTIFIED" not in json.dumps(report)


@pytest.mark.parametrize("grant,finding", [
    ("GRANT ALL PRIVILEGES ON *.* TO GRANTEE", None),
    ("GRANT FILE ON *.* TO GRANTEE", "FILE on everything"),
    ("GRANT PROCESS ON *.* TO GRANTEE", "PROCESS on everything"),
    ("GRANT UPDATE ON *.* TO GRANTEE", "UPDATE on everything"),
    ("GRANT CREATE USER ON *.* TO GRANTEE", "CREATE USER on everything"),
    ("GRANT SELECT ON mysql.* TO GRANTEE", "SELECT on mysql.*"),
    ("GRANT SELECT ON shop.* TO GRANTEE WITH GRANT OPTION", "GRANT OPTION on shop"),
])
def test_account_that_may_too_much_is_dangerous(fresh, account, grant, finding):
    stack = fresh(target_options=account("wide", grant, "GRANT SELECT ON shop.* TO GRANTEE"))
    code, report = examined(stack.relay)
    dangers = [one["text"] for one in report["targets"][0]["findings"] if one["severity"] == "danger"]
    assert code == 1 and report["danger"]
    assert dangers if finding is None else finding in dangers
    assert check(stack.relay).returncode == 1


def test_what_a_role_brings_counts(fresh, database, account):
    database.query("CREATE ROLE inner_role")
    database.query("CREATE ROLE outer_role")
    try:
        database.query("GRANT RELOAD ON *.* TO inner_role")
        database.query("GRANT inner_role TO outer_role")
        stack = fresh(target_options=account("by_role", "GRANT SELECT ON shop.* TO GRANTEE", "GRANT outer_role TO GRANTEE"))
        code, report = examined(stack.relay)
        assert code == 1
        assert "RELOAD on everything" in [one["text"] for one in report["targets"][0]["findings"]]
    finally:
        database.query("DROP ROLE outer_role")
        database.query("DROP ROLE inner_role")


def test_missing_rights_and_unverified_tls_are_warnings(fresh, account):
    stack = fresh(target_options={**account("plain", "GRANT SELECT ON shop.* TO GRANTEE"), "tls": {"mode": "required"}})
    code, report = examined(stack.relay)
    texts = [one["text"] for one in report["targets"][0]["findings"]]
    assert code == 0 and all(one["severity"] == "warning" for one in report["targets"][0]["findings"])
    assert any(text.startswith("no SHOW VIEW, TRIGGER, EXECUTE on shop") for text in texts)
    assert any("not verified" in text for text in texts)


def test_accounts_of_agents_are_examined_too(fresh, account):
    account("agents_own", "GRANT SUPER ON *.* TO GRANTEE")
    stack = fresh(target_options={"agents": {"bot": {"user": "agents_own", "password_file": "password"}}})
    code, report = examined(stack.relay)
    assert code == 1
    assert [(one["agent"], one["danger"]) for one in report["targets"]] == [("", False), ("bot", True)]
    assert "account of agent bot" in check(stack.relay).stdout


def test_database_that_is_not_reached_is_dangerous_and_a_wrong_option_is_usage(stack, tmp_path):
    config = json.loads(stack.relay.config_file.read_text())
    config["targets"]["shop"]["port"] = 1
    file = stack.relay.folder / "unreachable.yaml"
    file.write_text(json.dumps(config))
    done = subprocess.run([paths.BIN / "postern-relay", "check", "--config", file], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 1 and "not reached" in done.stdout
    assert check(stack.relay, "--output", "xml").returncode == 2
    assert subprocess.run([paths.BIN / "postern-relay", "check"], stderr=subprocess.DEVNULL).returncode == 2
    assert subprocess.run([paths.BIN / "postern-relay", "check", "--config", "/nowhere"], stderr=subprocess.DEVNULL).returncode == 1
