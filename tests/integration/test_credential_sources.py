"""Where the relay gets the database's password from: each kind of source, to a session that reads through it."""
import os
import stat

import pymysql
import pytest

from stack.clients import connect, refused, rows
from stack.cloud import Cloud, TokenDoor, rds_token_is_right
from stack.database import RELAY_PASSWORD, RELAY_USER
from stack.vault import Vault
from stack.wait import until

COUNT = "SELECT COUNT(*) FROM orders"


def assert_reads(gateway, agent="loader"):
    connection = connect(gateway, agent)
    assert rows(connection, COUNT) == ((5000,),)
    return connection


def write_secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    return str(path)


def is_not_ready(stack):
    return any(not row["ready"] and row["error"] for row in stack.gateway.admin.json("status")["targets"])


# --- files, environment, programs


def test_rotated_password_file_counts_without_a_restart(fresh, database):
    database.query("CREATE USER 'rotated'@'127.0.0.1' IDENTIFIED BY 'the-first-one'")
    database.query("GRANT SELECT ON shop.* TO 'rotated'@'127.0.0.1'")
    try:
        folder = database.folder
        file = write_secret(folder / "rotated-password", "the-first-one\n")
        stack = fresh(target_options={"user": "rotated", "password_file": file})
        first = assert_reads(stack.gateway)
        database.query("ALTER USER 'rotated'@'127.0.0.1' IDENTIFIED BY 'the-second-one'")
        write_secret(folder / "rotated-password", "the-second-one\n")
        assert_reads(stack.gateway, "reader")
        assert rows(first, COUNT) == ((5000,),), "a connection that is open is not concerned"
    finally:
        database.query("DROP USER 'rotated'@'127.0.0.1'")


def test_environment(fresh, monkeypatch):
    monkeypatch.setenv("RELAY_TEST_PASSWORD", RELAY_PASSWORD)
    assert_reads(fresh(target_options={"password_file": None, "credential": {"environment": "RELAY_TEST_PASSWORD"}}).gateway)


def test_program(fresh, tmp_path):
    secret = write_secret(tmp_path / "secret", RELAY_PASSWORD)
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho noise of no concern >&2\n[ "$HOME" = "" ] && [ "$1" = shop ] && cat "$2"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    stack = fresh(target_options={"password_file": None, "credential": {"exec": {"program": str(program), "arguments": ["shop", secret]}}})
    assert_reads(stack.gateway)
    assert "noise" not in stack.relay.process.log_text()
    os.unlink(secret)
    connection = connect(stack.gateway, "reader")
    code, message = refused(connection, COUNT)
    assert "no usable credential" in message and str(program) not in message
    until("the relay's log says why", lambda: f"{program}: it exits with 1" in stack.relay.process.log_text())


# --- Vault


@pytest.fixture
def vault(database):
    server = Vault(database)
    yield server
    server.stop()


def vault_options(server, folder, login=None, **kind):
    folder.mkdir(exist_ok=True)
    server.approles[("the-role", "the-secret")] = {}
    login = login or {"approle": {"role_id": "the-role", "secret_id_file": write_secret(folder / "secret-id", "the-secret\n")}}
    return {"user": None, "password_file": None,
            "credential": {"vault": {"address": server.address, "login": login, **(kind or {"dynamic_role": "shop"})}}}


def test_every_session_has_a_database_user_of_its_own_until_its_close_is_proven(fresh, vault, database, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    relays_own = vault.users()
    first, second = assert_reads(stack.gateway), assert_reads(stack.gateway, "reader")
    lent = set(vault.users()) - set(relays_own)
    running = {row[0] for row in database.query("SELECT user FROM information_schema.processlist WHERE user LIKE 'v-%%'")}
    assert len(lent) == 2 and lent <= running
    first.close()
    second.close()
    until("what was lent for them is given back", lambda: not lent & set(vault.users()))
    session = stack.gateway.reviewer.json("sessions", "show", stack.gateway.sessions("loader")[0]["id"])
    assert session["close_proof"] in ("gone", "killed"), "looked up as the user whose thread it was"
    assert database.query("SELECT user FROM mysql.user WHERE user IN %s", tuple(lent)) == ()
    assert not list((stack.relay.folder / "state/leases").glob("*.new*"))
    stack.relay.process.stop()
    assert vault.users() == [], "a relay that stops gives its own back too"
    assert list((stack.relay.folder / "state/leases").iterdir()) == []


def test_statement_of_a_lent_user_is_killed_when_its_session_is_cut(fresh, vault, database, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    relays_own = vault.users()
    connection = assert_reads(stack.gateway)
    gone_on = until("the session's user", lambda: set(vault.users()) - set(relays_own))
    session = stack.gateway.sessions("loader")[0]["id"]
    stack.gateway.process.kill()
    until("it is given back", lambda: not gone_on & set(vault.users()))
    until("its thread is gone", lambda: not database.query(
        "SELECT id FROM information_schema.processlist WHERE user IN %s", tuple(gone_on)), 5)
    assert session and connection


def test_lease_is_renewed_while_the_session_lives_and_not_longer_than_the_lender_will(fresh, vault, tmp_path):
    vault.lease_ttl = 2
    stack = fresh(target_options=vault_options(vault, tmp_path))
    vault.lease_max = 6
    connection = assert_reads(stack.gateway)
    session = stack.gateway.sessions("loader")[0]["id"]
    until("it is renewed", lambda: vault.asked.count(("PUT", "sys/leases/renew")) >= 3)
    assert rows(connection, COUNT) == ((5000,),)
    until("the door closes when the lease ends for good",
          lambda: "the lease of its credential ended" in stack.relay.process.log_text(), 15)
    with pytest.raises(pymysql.MySQLError):
        for _ in range(50):
            rows(connection, COUNT)
    assert session


def test_lease_that_was_revoked_at_the_lender_closes_the_door(fresh, vault, tmp_path):
    vault.lease_ttl = 2
    stack = fresh(target_options=vault_options(vault, tmp_path))
    own = set(vault.leases)
    connection = assert_reads(stack.gateway)
    for lease in set(vault.leases) - own:
        vault.revoke(lease)
    until("the relay finds out when it renews",
          lambda: "the lease of its credential ended" in stack.relay.process.log_text(), 10)
    with pytest.raises(pymysql.MySQLError):
        rows(connection, COUNT)


def test_lease_of_a_relay_that_was_killed_is_given_back_at_its_next_start(fresh, vault, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    assert_reads(stack.gateway)
    stack.relay.process.kill()
    left = set(vault.users())
    assert len(left) >= 2
    files = list((stack.relay.folder / "state/leases").iterdir())
    assert len(files) == len(left)
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and not any(user in file.read_text() for user in left)
    stack.relay.process.start()
    until("all are given back", lambda: not left & set(vault.users()))
    stack.wait_until_ready()
    session = stack.gateway.sessions("loader")[0]["id"]
    until("nobody claims that the thread is gone, since nobody can look it up any more",
          lambda: stack.gateway.reviewer.json("sessions", "show", session)["close_proof"] == "unproven", 10)


def test_lease_is_given_back_when_vault_answers_again(fresh, vault, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    own = set(vault.users())
    connection = assert_reads(stack.gateway)
    lent = set(vault.users()) - own
    vault.answering = False
    connection.close()
    until("the relay says that it could not", lambda: "a lease was not given back" in stack.relay.process.log_text())
    assert lent <= set(vault.users())
    vault.answering = True
    until("it is given back", lambda: not lent & set(vault.users()))


def test_token_that_was_revoked_is_replaced_by_a_new_login(fresh, vault, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    for token in list(vault.tokens):
        vault.revoke_token(token)
    assert_reads(stack.gateway)


def test_short_token_is_renewed_with_what_was_lent_to_it(fresh, vault, tmp_path):
    options = vault_options(vault, tmp_path)
    vault.approles[("the-role", "the-secret")] = {"ttl": 6}
    stack = fresh(target_options=options)
    connection = assert_reads(stack.gateway)
    until("the token is renewed", lambda: vault.asked.count(("PUT", "auth/token/renew-self")) >= 3, 60)
    assert rows(connection, COUNT) == ((5000,),)
    assert "lease of its credential ended" not in stack.relay.process.log_text()


@pytest.mark.parametrize("way", ["token", "kubernetes"])
def test_other_ways_to_log_in_to_vault(fresh, vault, tmp_path, way):
    if way == "token":
        login = {"token_file": write_secret(tmp_path / "token", vault.new_token() + "\n")}
    else:
        vault.kubernetes[("relay", "the-pods-jwt")] = {}
        login = {"kubernetes": {"role": "relay", "token_file": write_secret(tmp_path / "jwt", "the-pods-jwt")}}
    assert_reads(fresh(target_options=vault_options(vault, tmp_path, login)).gateway)


def test_static_role_is_read_anew_for_each_session(fresh, vault, database, tmp_path):
    database.query("CREATE USER 'static_role'@'127.0.0.1' IDENTIFIED BY 'one'")
    database.query("GRANT SELECT ON shop.* TO 'static_role'@'127.0.0.1'")
    vault.static = ("static_role", "one")
    try:
        stack = fresh(target_options=vault_options(vault, tmp_path, static_role="shop"))
        assert_reads(stack.gateway)
        database.query("ALTER USER 'static_role'@'127.0.0.1' IDENTIFIED BY 'two'")
        vault.static = ("static_role", "two")
        assert_reads(stack.gateway, "reader")
    finally:
        database.query("DROP USER 'static_role'@'127.0.0.1'")


def test_key_value_secret_in_a_namespace(fresh, database, tmp_path):
    server = Vault(database, namespace="team-orders")
    server.secrets["secret/data/apps/orders"] = {"name": RELAY_USER, "word": RELAY_PASSWORD}
    kv = {"path": "apps/orders", "user_field": "name", "password_field": "word"}
    try:
        stack = fresh(target_options=vault_options(server, tmp_path, namespace="team-orders", kv=kv))
        assert_reads(stack.gateway)
        server.namespace = "another"
        connection = connect(stack.gateway, "reader")
        _, message = refused(connection, COUNT)
        assert "no usable credential" in message and server.address not in message
        until("the log says why", lambda: "Vault answers with status 403" in stack.relay.process.log_text())
    finally:
        server.stop()


def test_vault_s_secrets_are_not_in_the_logs(fresh, vault, tmp_path):
    stack = fresh(target_options=vault_options(vault, tmp_path))
    connection = assert_reads(stack.gateway)
    vault.answering = False
    connection.close()
    until("something went wrong", lambda: "not given back" in stack.relay.process.log_text())
    vault.answering = True
    texts = stack.relay.process.log_text() + stack.gateway.process.log_text()
    assert not any(word in texts for word in ["the-secret", *vault.tokens])


# --- clouds


@pytest.fixture
def cloud():
    services = Cloud()
    yield services
    services.stop()


@pytest.fixture
def token_door(fresh, database, tmp_path):
    """A function that makes a door with a check, and a stack whose relay goes through it."""
    doors = []
    database.query("CREATE USER IF NOT EXISTS 'token_door'@'localhost' IDENTIFIED BY ''")
    database.query("GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, TRIGGER, EXECUTE ON shop.* TO 'token_door'@'localhost'")

    def make(check, credential, tls=None):
        from stack.certificates import Certificates
        certificates = Certificates(tmp_path / "managed")
        door = TokenDoor(database, *certificates.issue("managed", "IP:127.0.0.1"), lambda user, token: check(door, user, token))
        doors.append(door)
        stack = fresh(target_options={"port": door.port, "user": "iam_user", "password_file": None, "credential": credential,
                                      "tls": tls or {"mode": "verify-full", "ca": str(certificates.ca)}})
        return door, stack

    yield make
    for door in doors:
        door.stop()
    database.query("DROP USER 'token_door'@'localhost'")


@pytest.mark.parametrize("keys", ["environment", "web_identity", "container", "container-token", "instance"])
def test_rds_iam(token_door, cloud, monkeypatch, tmp_path, keys):
    for name in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    options = {"region": "eu-west-1", "keys": keys.partition("-")[0], "endpoint": cloud.address, "host": "db.eu-west-1.example", "port": 3306}
    if keys == "environment":
        cloud.session = ""
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", cloud.key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", cloud.secret)
    elif keys == "web_identity":
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/relay")
        options["token_file"] = write_secret(tmp_path / "web-identity", cloud.web_identity)
    elif keys == "container":
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/one")
    elif keys == "container-token":
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", cloud.address + "/v1/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", write_secret(tmp_path / "authorization", cloud.container_authorization))

    def check(door, user, token):
        return user == "iam_user" and rds_token_is_right(token, "db.eu-west-1.example", 3306, user, "eu-west-1", cloud.key_id, cloud.secret, cloud.session)

    door, stack = token_door(check, {"aws_rds_iam": options})
    assert_reads(stack.gateway)
    assert door.tokens and all(status == 200 for _, _, status in cloud.asked)
    assert not any(token[-40:] in stack.relay.process.log_text() for token in door.tokens)


@pytest.mark.parametrize("kind", ["gcp_cloudsql_iam", "azure_ad"])
def test_token_of_a_metadata_service(token_door, cloud, kind):
    token = cloud.google if kind == "gcp_cloudsql_iam" else cloud.azure
    door, stack = token_door(lambda door, user, shown: (user, shown) == ("iam_user", token), {kind: {"endpoint": cloud.address}})
    assert_reads(stack.gateway)
    assert set(door.tokens) == {token} and len(cloud.asked) == 1, "fetched once, while it lasts"
    assert token not in stack.relay.process.log_text()
