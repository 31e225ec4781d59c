"""Relays join by a token, renew their certificates, serve what they were given, and are cut off when they are revoked."""
import json
import re
import signal
import subprocess

import pymysql
import pytest

from stack import paths
from stack.clients import Background, connect, refused, rows
from stack.ctl import CtlError
from stack.relay import Relay
from stack.wait import until


def joining_relay(stack, name="eu-1"):
    """A relay with no certificate of its own."""
    relay = Relay(stack.folder / name, stack.certificates, name, [stack.gateway], stack.database)
    config = json.loads(relay.config_file.read_text())
    del config["tls"]
    relay.config_file.write_text(json.dumps(config))
    return relay


def join(relay, token, *more):
    return subprocess.run([paths.BIN / "postern-relay", "join", "--config", relay.config_file, "--token-file", "-", *more], input=token + "\n",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)


def join_token(gateway, name="eu-1", *more):
    return gateway.admin.json("relay", "join-token", "create", "--name", name, "--targets", "shop", *more)["token"]


@pytest.fixture
def gateway_alone(fresh):
    """A gateway whose config grants its target to no relay."""
    return lambda **limits: fresh(relays=0, gateway_options={"limits": limits})


def ready(stack):
    until("the target is served", lambda: stack.gateway.target_ready("shop"))


def test_a_relay_joins_serves_and_is_cut_off(gateway_alone):
    stack = gateway_alone()
    relay = joining_relay(stack)
    refused_start = subprocess.run([paths.BIN / "postern-relay", "--config", relay.config_file], stderr=subprocess.PIPE, text=True, timeout=30)
    assert refused_start.returncode == 1 and "join-token create --name eu-1" in refused_start.stderr
    token = join_token(stack.gateway)
    done = join(relay, token)
    assert done.returncode == 0, done.stderr
    again = join(relay, token)
    assert again.returncode == 1 and "unknown, used, expired or revoked" in again.stderr
    assert token.split(".")[0] not in stack.gateway.process.log_text() + again.stderr

    relay.process.start()
    stack.relays.append(relay)
    ready(stack)
    connection = connect(stack.gateway, "loader")

    def waiting():
        return stack.database.query("SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE orders SET status%'")

    assert rows(connection, "SELECT COUNT(*) FROM notes WHERE n < 0") == ((0,),)
    listed = stack.gateway.reviewer.json("relay", "list")
    assert [(row["name"], row["targets"], row["epoch"]) for row in listed] == [("eu-1", ["shop"], 1)]

    blocker = stack.database.connect(autocommit=False)
    rows(blocker, "SELECT * FROM shop.orders WHERE id = 11 FOR UPDATE")
    running = Background(lambda: rows(connection, "UPDATE orders SET status = 'joining' WHERE id = 11"))
    until("the statement waits for the lock", waiting)
    assert stack.gateway.admin.json("relay", "revoke", "eu-1", "--reason", "lost laptop")["doors_ended"] == 1
    with pytest.raises(pymysql.err.MySQLError):
        running.result(20)
    until("no thread is left", lambda: not waiting())
    blocker.rollback()
    until("the relay is refused", lambda: "does not count any more" in relay.process.log_text())
    assert not stack.gateway.target_ready("shop")
    journal = b"".join(file.read_bytes() for file in (stack.gateway.data / "journal").iterdir() if file.is_file())
    assert journal.count(b"RelayJoin/Join") == 2 and b"Enrolment/CreateJoinToken" in journal and b"lost laptop" in journal
    assert token.encode() not in journal


def test_certificates_renew_by_themselves(gateway_alone):
    stack = gateway_alone(relay_certificate_ttl="15s")
    relay = joining_relay(stack)
    assert join(relay, join_token(stack.gateway)).returncode == 0
    relay.process.start()
    stack.relays.append(relay)
    ready(stack)
    identity = next((relay.folder / "state" / "identity").glob("*/identity.pem"))
    first = identity.read_text()
    assert identity.stat().st_mode & 0o777 == 0o600
    until("the certificate was renewed twice", lambda: relay.process.log_text().count("certificate renewed") >= 2, 90)
    assert identity.read_text() != first
    # By now the first certificate has run out: a link that is lost is dialled with the newest.
    relay.process.stop()
    relay.process.start()
    until("the relay is back", lambda: stack.gateway.process.log_text().count("relay connected") >= 2)


def test_a_token_is_shown_to_its_own_gateway_only(gateway_alone):
    stack, other = gateway_alone(), gateway_alone()
    relay = joining_relay(stack)
    done = join(relay, join_token(other.gateway))
    assert done.returncode == 1
    assert "the token was not shown to it" in done.stderr or "unknown, used, expired or revoked" in done.stderr
    misnamed = join_token(stack.gateway, "another-name")
    assert "the token is for relay another-name" in join(relay, misnamed).stderr
    assert "no join token" in join(relay, "pat_nonsense").stderr


def test_a_certificate_from_elsewhere_does_not_speak_for_a_relay_that_joins(gateway_alone):
    stack = gateway_alone()
    join_token(stack.gateway, "eu-1")
    impostor = Relay(stack.folder / "impostor", stack.certificates, "eu-1", [stack.gateway], stack.database)
    impostor.process.start()
    stack.relays.append(impostor)
    until("it is told", lambda: "a certificate of another authority is not its own" in impostor.process.log_text())
    assert not stack.gateway.target_ready("shop")


def test_who_may_make_tokens_and_for_what(gateway_alone):
    stack = gateway_alone()
    with pytest.raises(CtlError, match="admin"):
        stack.gateway.reviewer.text("relay", "join-token", "create", "--name", "eu-1", "--targets", "shop")
    with pytest.raises(CtlError, match="no target nowhere"):
        stack.gateway.admin.text("relay", "join-token", "create", "--name", "eu-1", "--targets", "nowhere")
    with pytest.raises(CtlError) as unknown:
        stack.gateway.admin.text("relay", "revoke", "nobody")
    assert unknown.value.code == 5
    text = stack.gateway.admin.text("relay", "join-token", "create", "--name", "eu-1", "--targets", "shop", "--ttl", "2h")
    assert re.search(r"pjt_\w{8}_\w{43}\.[\w-]{43}", text)
