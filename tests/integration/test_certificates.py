"""Agents and people who prove themselves with a certificate and nothing else."""
import json
import signal

import pymysql
import pytest

from stack.authority import SERVER, Authority
from stack.clients import CommandLine, command_lines, opened, rows
from stack.ctl import Ctl, CtlError
from stack.stack import TARGET
from stack.wait import until

RULES = [
    {"kind": "agent", "spiffe": "spiffe://example.com/agent/*"},
    {"kind": "agent", "common_name": "loader.example.com", "name": "loader"},
    {"kind": "person", "spiffe": "spiffe://example.com/person/*", "groups": ["dba"], "roles": ["reviewer", "auditor"]},
    # Broad enough for a relay's, were it asked.
    {"kind": "person", "spiffe": "spiffe://postern/relay/*", "roles": ["admin"]},
]


class World:
    def __init__(self, agents, people, stack):
        self.agents, self.people, self.stack = agents, people, stack

    @property
    def gateway(self):
        return self.stack.gateway

    def connect(self, certificate, user="reader", password=""):
        path, key = certificate
        tls = {"ca": str(self.gateway.certificates.ca), "cert": str(path), "key": str(key)}
        opened.append(pymysql.connect(host="127.0.0.1", port=self.gateway.mysql_port, user=f"{user}+{TARGET}", password=password, database="shop",
                                      autocommit=True, read_timeout=90, ssl=tls))
        return opened[-1]

    def refusal(self, certificate, user="reader", password=""):
        with pytest.raises(pymysql.MySQLError) as error:
            self.connect(certificate, user, password)
        return error.value.args

    def reader(self, **options):
        return self.agents.issue("reader", "spiffe://example.com/agent/reader", **options)

    def person(self, certificate):
        ctl = Ctl(self.gateway.api_port, self.gateway.certificates.ca, "")
        ctl.environment.update(POSTERN_CERT=str(certificate[0]), POSTERN_KEY=str(certificate[1]))
        return ctl

    def reload(self):
        self.gateway.process.signal(signal.SIGHUP)

    def logged(self, text):
        until(f"the log says: {text}", lambda: text in self.gateway.process.log_text())


@pytest.fixture
def world(tmp_path, fresh):
    agents, people = Authority(tmp_path / "agents", "Agents"), Authority(tmp_path / "people", "People")
    agents.publish()
    people.publish()
    # That tokens of a provider are welcome too must not get in the way.
    issuer = {"issuer": "https://localhost:1", "audience": "postern", "kind": "agent"}

    stack = fresh(gateway_options={"identity": {"certificates": RULES, "issuers": [issuer]}})
    gateway = stack.gateway
    config = json.loads(gateway.config_file.read_text())
    config["mysql"]["tls"].update(client_ca=str(agents.ca), client_crl=str(agents.crl))
    config["api"]["tls"].update(people_ca=str(people.ca), people_crl=str(people.crl))
    gateway.config_file.write_text(json.dumps(config))
    gateway.process.stop()
    gateway.start()
    stack.wait_until_ready()
    return World(agents, people, stack)


def goes_on(connection):
    try:
        return rows(connection, "SELECT 1")
    except pymysql.MySQLError:
        return False


def until_cut(connection):
    until("the session is cut", lambda: not goes_on(connection))


def test_stock_clients_log_in_with_a_certificate_and_no_password(world):
    certificate = world.reader()
    for user in ("reader", ""):
        assert rows(world.connect(certificate, user), "SELECT COUNT(*) FROM orders") == ((5000,),)
    world.gateway.use_token("reader", "")
    for name, program in command_lines().items():
        line = CommandLine(program, world.gateway, "reader")
        line.environment.pop("MYSQL_PWD")
        done = line.run("SELECT COUNT(*) FROM orders", f"--ssl-cert={certificate[0]}", f"--ssl-key={certificate[1]}")
        assert (done.returncode, done.stdout.strip()) == (0, "5000"), f"{name}: {done.stderr}"
    loader = world.agents.issue("loader.example.com")
    assert rows(world.connect(loader, "loader"), "SELECT COUNT(*) FROM orders") == ((5000,),)
    record = json.dumps(world.gateway.replay(world.gateway.sessions("reader")[0]["id"]))
    assert "spiffe://example.com/agent/reader serial" in record


def test_a_token_still_does_with_a_good_certificate_beside_it_or_none(world):
    token = world.gateway.agent_token("sam")
    assert rows(world.connect(world.reader(), "sam", token), "SELECT 1 FROM small WHERE id = 1")
    connection = pymysql.connect(host="127.0.0.1", port=world.gateway.mysql_port, user=f"sam+{TARGET}", password=token, database="shop",
                                 ssl={"ca": str(world.gateway.certificates.ca)})
    opened.append(connection)
    assert rows(connection, "SELECT 1 FROM small WHERE id = 1")


def test_every_certificate_that_is_no_good_is_refused_alike_and_recorded_with_its_reason(world, tmp_path):
    strangers = Authority(tmp_path / "strangers", "Agents")
    lost = world.reader()
    world.agents.revoke(lost[0])
    world.reload()
    world.logged("policy in force")
    token = world.gateway.agent_token("reader")
    attempts = {
        "no entry of identity.certificates fits the certificate": (world.agents.issue("reader", "spiffe://example.com/cook/reader"), ""),
        "certificate has expired": (world.reader(seconds=-60), ""),
        "certificate is not yet valid": (world.reader(starts=600), ""),
        "certificate revoked": (lost, ""),
        "certificate signature failure": (strangers.issue("reader", "spiffe://example.com/agent/reader"), ""),
        "unsuitable certificate purpose": (world.reader(usage=SERVER), token),
        "the token or certificate is another agent's": (world.agents.issue("x", "spiffe://example.com/agent/loader"), ""),
    }
    told = {}
    for reason, (certificate, password) in attempts.items():
        told[reason] = world.refusal(certificate, password=password)
        world.logged(reason)
    assert len(set(told.values())) == 1 and {code for code, _ in told.values()} == {1045}, told


def test_a_session_ends_with_its_certificate(world):
    connection = world.connect(world.reader(seconds=6))
    assert rows(connection, "SELECT 1")
    until_cut(connection)
    session = world.gateway.sessions("reader")[0]["id"]
    until("the record says why", lambda: world.gateway.reviewer.json("sessions", "show", session).get("close_reason") == "deadline")


def test_a_revocation_cuts_the_session_at_the_reload_and_others_go_on(world):
    lost, kept = world.reader(), world.reader()
    theirs, ours = world.connect(lost), world.connect(kept)
    assert rows(theirs, "SELECT 1") and rows(ours, "SELECT 1")
    world.agents.revoke(lost[0])
    world.reload()
    until_cut(theirs)
    assert rows(ours, "SELECT 1")
    assert world.refusal(lost)[0] == 1045


@pytest.mark.parametrize("trouble", ["missing", "out of date"])
def test_without_a_list_in_its_time_nobody_comes_in_by_certificate(world, trouble):
    certificate = world.reader()
    world.connect(certificate)
    if trouble == "missing":
        world.agents.crl.unlink()
    else:
        world.agents.publish(hours=-1)
    world.reload()
    world.logged({"missing": "certificates cannot be checked", "out of date": "revocation list is out of date"}[trouble])
    assert world.refusal(certificate)[0] == 1045
    token = world.gateway.agent_token("sam")
    opened.append(pymysql.connect(host="127.0.0.1", port=world.gateway.mysql_port, user=f"sam+{TARGET}", password=token,
                                  ssl={"ca": str(world.gateway.certificates.ca)}))
    world.agents.publish()
    world.reload()
    until("the certificate is good again", lambda: comes_in(world, certificate))


def comes_in(world, certificate):
    try:
        world.connect(certificate)
        return True
    except pymysql.MySQLError:
        return False


def test_a_rule_that_is_taken_out_ends_its_sessions(world):
    connection = world.connect(world.reader())
    assert rows(connection, "SELECT 1")
    config = json.loads(world.gateway.config_file.read_text())
    config["identity"]["certificates"] = RULES[1:]
    world.gateway.config_file.write_text(json.dumps(config))
    world.reload()
    until_cut(connection)


def test_people_have_the_roles_of_their_entry_until_their_certificate_is_taken_back(world):
    certificate = world.people.issue("dana", "spiffe://example.com/person/dana")
    dana = world.person(certificate)
    assert isinstance(dana.json("sessions", "list"), list)
    with pytest.raises(CtlError) as refused:
        dana.json("tokens", "list")
    assert "needs role admin" in refused.value.error
    # An agent's certificate is of an authority that this port does not know.
    with pytest.raises(CtlError):
        world.person(world.reader()).json("status")
    with pytest.raises(CtlError) as refused:
        world.person(world.people.issue("eve", "spiffe://example.com/cook/eve")).json("status")
    assert "unknown, expired or revoked" in refused.value.error
    watch = dana.popen("approvals", "watch")
    world.people.revoke(certificate[0])
    world.reload()
    assert watch.wait(20) == 4
    with pytest.raises(CtlError) as refused:
        dana.json("sessions", "list")
    assert "unknown, expired or revoked" in refused.value.error
    world.logged("certificate revoked")


def test_a_relay_is_no_person_and_a_person_no_relay(world):
    relay = world.stack.relay
    config = json.loads(relay.config_file.read_text())
    with pytest.raises(CtlError) as refused:
        world.person((config["tls"]["certificate"], config["tls"]["key"])).json("status")
    assert "unknown, expired or revoked" in refused.value.error
    world.logged("an authority of relays stands behind the certificate")

    relay.process.stop()
    certificate, key = world.people.issue("relay-1", "spiffe://postern/relay/relay-1")
    config["tls"].update(certificate=str(certificate), key=str(key))
    relay.config_file.write_text(json.dumps(config))
    relay.process.start()
    until("the relay is told", lambda: "an authority of people stands behind the certificate" in relay.process.log_text())
    assert world.gateway.admin.json("status")["relays"] == []


def test_one_authority_for_people_and_relays_is_an_error_at_the_start(world):
    config = json.loads(world.gateway.config_file.read_text())
    config["api"]["tls"].update(people_ca=config["api"]["tls"]["client_ca"])
    del config["api"]["tls"]["people_crl"]
    world.gateway.config_file.write_text(json.dumps(config))
    world.gateway.process.stop()
    world.gateway.process.start()
    until("the gateway has ended", lambda: not world.gateway.process.running())
    assert "one authority stands behind people and relays" in world.gateway.process.log_text()
