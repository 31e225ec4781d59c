"""Agents and people who come with a token of the organisation's own provider, in place of one of ours."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import pathlib
import re
import signal
import subprocess
import textwrap
import time

import pymysql
import pytest

from stack import paths
from stack.certificates import Certificates
from stack.clients import CommandLine, command_lines, connect, node, rows
from stack.ctl import Ctl, CtlError
from stack.provider import Provider, SigningKey, base64url
from stack.stack import TARGET
from stack.wait import until

CLIENTS = {"reader": {"team": "agents"}, "stray": {}, "dana": {"groups": ["dba", "cooks"]}, "eve": {"groups": ["cooks"]}}


def entries(provider, **options):
    """identity.issuers of a gateway that lets the provider's agents in, and its people."""
    common = {"issuer": provider.url, "audience": "postern", "ca": str(provider.ca), "clock_skew": "0s", **options}
    return [{**common, "kind": "agent", "required_claims": {"team": "agents"}},
            {**common, "kind": "person", "groups_claim": "groups", "roles": {"dba": ["reviewer", "auditor"]},
             "required_claims": {"groups": ["dba", "cooks"]}}]


def cut(connection):
    try:
        rows(connection, "SELECT 1")
        return False
    except pymysql.MySQLError:
        return True


class World:
    """A provider and a stack whose gateway believes it."""

    def __init__(self, provider, gateway):
        self.provider = provider
        self.gateway = gateway

    def forge(self, **changes):
        return self.provider.forge(**{"team": "agents", **changes})

    def connect(self, token, user="reader", **options):
        return connect(self.gateway, user, token=token, **options)

    def refusal(self, token, user="reader"):
        with pytest.raises(pymysql.MySQLError) as error:
            self.connect(token, user)
        return error.value.args

    def works(self, token, user="reader"):
        connection = self.connect(token, user)
        assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
        connection.close()

    def lets_in(self, token):
        try:
            self.works(token)
            return True
        except pymysql.MySQLError:
            return False

    def person(self, token):
        return Ctl(self.gateway.api_port, self.gateway.certificates.ca, token)

    def reload(self, issuers):
        config = json.loads(self.gateway.config_file.read_text())
        config["identity"] = {"issuers": issuers}
        self.gateway.config_file.write_text(json.dumps(config))
        self.gateway.process.signal(signal.SIGHUP)


@pytest.fixture
def world(tmp_path, fresh):
    """A function that makes one; its options are those of the issuer."""
    provider = Provider(tmp_path / "provider", Certificates(tmp_path / "certificates"), CLIENTS)

    def make(**options):
        provider.start()
        return World(provider, fresh(gateway_options={"identity": {"issuers": entries(provider, **options)}}).gateway)

    yield make
    provider.stop()


def token_file(folder, token):
    path = folder / "id.jwt"
    path.write_text(token + "\n")
    return f"--authentication-openid-connect-client-id-token-file={path}"


def plugins():
    """Where Oracle's client finds its plug-ins: beside itself in the cache, not where it was built for."""
    return f"--plugin-dir={pathlib.Path(paths.mysql_client()).parent.parent / 'root/usr/lib/mysql/plugin'}"


def test_every_client_logs_in_with_a_token_of_the_provider(world, tmp_path):
    it = world()
    token = it.provider.token("reader")
    it.works(token)
    it.works(token, user="")  # "+target": the name is the token's
    for agent in ("reader", ""):
        it.gateway.use_token(agent, token)
    for name, program in command_lines().items():
        done = CommandLine(program, it.gateway, "reader").run("SELECT COUNT(*) FROM orders")
        assert (done.returncode, done.stdout.strip()) == (0, "5000"), f"{name}: {done.stderr}"
    done = node(it.gateway, "reader", "read.js")
    assert done.returncode == 0 and "5000" in done.stdout, done.stderr
    session = it.gateway.sessions("reader")[0]
    opened = next(line for line in it.gateway.replay(session["id"]) if "oidc" in json.dumps(line))
    assert f"{it.provider.url} reader" in json.dumps(opened), opened
    # Long ones too: some providers put everything they know into a token.
    it.works(it.forge(notes="x" * 8000))

    # The plug-in for id tokens, whether the client names it or is switched to it.
    for options in ([], ["--default-auth=authentication_openid_connect_client"]):
        for user in ("reader", ""):
            line = CommandLine(command_lines()["mysql"], it.gateway, user)
            line.environment.pop("MYSQL_PWD")
            done = line.run("SELECT COUNT(*) FROM orders", token_file(tmp_path, token), plugins(), *options)
            assert (done.returncode, done.stdout.strip()) == (0, "5000"), done.stderr
    line = CommandLine(command_lines()["mysql"], it.gateway, "reader")
    line.environment.pop("MYSQL_PWD")
    done = line.run("SELECT 1", token_file(tmp_path, it.forge(exp=int(time.time()) - 10)), plugins())
    assert done.returncode != 0 and "1045" in done.stderr, done.stderr
    assert token not in it.gateway.process.log_text()


def test_every_token_that_is_no_good_is_refused_alike_and_recorded_with_its_reason(world):
    it = world()
    key = it.provider.keys[0]
    now = int(time.time())
    good = it.forge()
    it.works(good)
    header, claims, signature = good.split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed["sub"] = "loader"
    none = base64url(json.dumps({"alg": "none", "kid": "first"}).encode())
    hmac_header = base64url(json.dumps({"alg": "HS256", "kid": "first"}).encode())
    hmac_signature = base64url(hmac.new(key.public_pem(), f"{hmac_header}.{claims}".encode(), hashlib.sha256).digest())
    attempts = {
        "the token is for another audience (aud)": it.forge(aud="billing"),
        "the token was made for a client that is not let in (azp)": it.forge(aud=["postern", "billing"], azp="billing"),
        "the token has expired (exp)": it.forge(exp=now - 1),
        "the token says not when it expires (exp)": it.forge(exp=None),
        "the token is from the future (nbf)": it.forge(nbf=now + 60),
        "the token is from the future (iat)": it.forge(iat=now + 60),
        "the token lacks a required claim": it.forge(team="cooks"),
        "the token's signature is wrong": f"{header}.{base64url(json.dumps(changed).encode())}.{signature}",
        "the token is signed in a way that is not believed (alg)": f"{hmac_header}.{claims}.{hmac_signature}",
        "the token's issuer is not configured (iss)": it.forge(iss=it.provider.url + "/other"),
        "the token is signed with a key that its issuer does not show (kid)": it.forge(key=SigningKey("stranger")),
        "the token insists on an extension (crit)": it.forge(header={"crit": ["exp"]}),
        "the token or certificate is another agent's": it.forge(sub="loader"),
        "the token is not an agent's": it.provider.token("dana"),
    }
    told = {}
    for number, (reason, token) in enumerate(attempts.items()):
        if number % 8 == 7:  # before the limit on failures sets in, which records nothing more
            it.gateway.process.stop()
            it.gateway.start()
        told[reason] = it.refusal(token)
        until(f"the log says why: {reason}", lambda: reason in it.gateway.process.log_text())
    told["alg none"] = it.refusal(f"{none}.{claims}.")
    told["a stranger's signature"] = it.refusal(it.forge(key=SigningKey("first")))
    told["cut short"] = it.refusal(good[:-10])
    assert len(set(told.values())) == 1, told
    assert {code for code, _ in told.values()} == {1045}
    it.works(good)


def test_keys_are_rotated_without_a_failed_login(world):
    it = world()
    it.works(it.provider.token("reader"))
    first, second, third = it.provider.keys[0], SigningKey("second"), SigningKey("third")
    old = it.provider.token("reader")
    it.provider.rotate(second, first)
    it.works(it.provider.token("reader"))
    it.works(old)
    it.provider.rotate(third, second)
    # At once, and from many sides: the first to come has the keys fetched.
    token = it.provider.token("reader")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: it.works(token), range(8)))
    assert it.refusal(old)[0] == 1045


def test_keys_serve_while_the_provider_is_down_until_they_are_stale(world):
    it = world(refresh_interval="1s", max_key_age="8s")
    token = it.provider.token("reader")
    it.works(token)
    it.provider.stop()
    down = time.monotonic()
    until("the gateway has noticed", lambda: "keys of an issuer could not be fetched" in it.gateway.process.log_text())
    it.works(token)
    time.sleep(max(0, down + 9 - time.monotonic()))
    assert it.refusal(token)[0] == 1045
    it.provider.start()
    it.works(it.provider.token("reader"))


def test_a_flood_of_invented_keys_causes_few_fetches(world):
    it = world()
    it.works(it.provider.token("reader"))
    forged = [it.forge(header={"kid": f"invented-{number}"}) for number in range(60)]
    before, start = it.provider.key_fetches(), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        told = set(pool.map(it.refusal, forged))
    assert len(told) == 1
    # Two entries name the provider; each asks at most every three seconds.
    assert it.provider.key_fetches() - before <= 2 * (2 + (time.monotonic() - start) / 3)
    it.works(it.provider.token("reader"))


def test_a_session_ends_with_its_token(world):
    it = world()
    ends = int(time.time()) + 3
    connection = it.connect(it.forge(exp=ends))
    assert rows(connection, "SELECT 1 FROM small WHERE id = 1")
    until("the session is cut", lambda: cut(connection))
    assert time.time() >= ends, "not before its time"


def test_taking_out_an_issuer_cuts_its_sessions(world):
    it = world()
    theirs, ours = it.connect(it.provider.token("reader")), connect(it.gateway, "reader")
    assert rows(theirs, "SELECT 1") and rows(ours, "SELECT 1")
    # A bad file changes nothing.
    it.reload([{"issuer": "http://nowhere"}])
    until("the file is refused", lambda: "issuers not reloaded" in it.gateway.process.log_text())
    assert rows(theirs, "SELECT 1")
    it.reload([])
    until("the session is cut", lambda: cut(theirs))
    assert rows(ours, "SELECT 1")
    assert it.refusal(it.forge())[0] == 1045
    it.reload(entries(it.provider))
    until("the issuer is believed again", lambda: it.lets_in(it.provider.token("reader")))


def test_people_have_the_roles_of_their_groups_and_agents_none(world):
    it = world()
    dana = it.person(it.provider.token("dana"))
    assert isinstance(dana.json("sessions", "list"), list)
    with pytest.raises(CtlError) as refused:
        dana.json("tokens", "list")
    assert "needs role" in refused.value.error
    for client, why in {"eve": "needs role", "reader": "is for people"}.items():
        with pytest.raises(CtlError) as refused:
            it.person(it.provider.token(client)).json("sessions", "list")
        assert why in refused.value.error, refused.value.error
    with pytest.raises(CtlError) as refused:
        it.person(it.provider.token("stray")).json("sessions", "list")
    assert "unknown, expired or revoked" in refused.value.error
    # A key that was rotated in since is fetched before the call is judged.
    it.provider.rotate(SigningKey("second"))
    assert isinstance(it.person(it.provider.token("dana")).json("sessions", "list"), list)


def test_a_person_with_a_token_of_the_provider_approves(world):
    it = world()
    dana = it.person(it.provider.token("dana"))
    connection = connect(it.gateway, "bot", autocommit=True)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(rows, connection, "UPDATE orders SET status = status WHERE id = 1")
        held = until("the statement is held", lambda: next(iter(dana.json("approvals", "list", "--state", "pending")), None))
        dana.text("approvals", "approve", held["id"])
        running.result(30)


def check(gateway, folder, issuers):
    """postern-gateway --check on a file with these issuers, as YAML."""
    config = json.loads(gateway.config_file.read_text())
    path = folder / "gateway.yaml"
    path.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in config.items()) + f"\nidentity:\n  issuers:\n{issuers}")
    return subprocess.run([paths.BIN / "postern-gateway", "--config", path, "--check"], capture_output=True, text=True)


def test_the_examples_of_the_documentation_are_good(gateway, tmp_path):
    text = (paths.ROOT / "docs/identity.md").read_text()
    examples = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if block.startswith("- ")]
    assert len(examples) == 6
    for example in examples:
        done = check(gateway, tmp_path, textwrap.indent(example, "    "))
        assert (done.returncode, done.stdout) == (0, "ok\n"), example + done.stderr


def test_issuers_are_checked_with_the_rest_of_the_file(gateway, tmp_path):
    done = check(gateway, tmp_path, "    - { issuer: http://idp, audience: postern, kind: agent, algorithms: [none] }\n")
    assert done.returncode == 1
    assert "issuers[0].issuer: expected an https URL" in done.stderr and "algorithms[0]: expected one of" in done.stderr
