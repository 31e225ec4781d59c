"""posternctl login: the device authorization grant at a real provider, the token kept and renewed, and logout."""
import json
import re
import stat

import pytest

from stack.login_pages import Browser, confirm
from stack.certificates import Certificates
from stack.clients import Background
from stack.ctl import Ctl, CtlError
from stack.provider import Provider
from stack.wait import until

PEOPLE = {"dana": {"groups": ["dba"]}, "eve": {"groups": ["cooks"]}}


class World:
    def __init__(self, provider, gateway, folder):
        self.provider, self.gateway, self.folder = provider, gateway, folder
        self.file = folder / "postern" / "login.json"

    def ctl(self):
        ctl = Ctl(self.gateway.api_port, self.gateway.certificates.ca, "")
        ctl.environment.update(XDG_CONFIG_HOME=str(self.folder))
        return ctl

    def begin(self, *options):
        """(the running posternctl, the address that it shows)"""
        running = self.ctl().popen("login", "--issuer", self.provider.url, "--client-id", "posternctl", "--issuer-ca", self.provider.ca, *options)
        for line in running.stderr:
            found = re.match(r"or open (\S+)", line)
            if found:
                return running, found.group(1)
        raise AssertionError(f"it ended with {running.wait()}")

    def log_in(self, person):
        running, address = self.begin()
        confirm(address, self.provider.ca, person)
        out, error = running.communicate(timeout=60)
        assert running.returncode == 0, error
        return out

    def logins(self):
        return json.loads(self.file.read_text())

    def saved(self):
        return self.logins()[f"localhost:{self.gateway.api_port}"]


@pytest.fixture
def world(tmp_path, fresh):
    """A function that makes one; `lifetime` of its tokens in seconds."""
    made = []

    def make(lifetime=300):
        provider = Provider(tmp_path / "provider", Certificates(tmp_path / "certificates"), {}, lifetime=lifetime, people=PEOPLE).start()
        made.append(provider)
        issuer = {"issuer": provider.url, "audience": "postern", "ca": str(provider.ca), "kind": "person", "groups_claim": "groups",
                  "roles": {"dba": ["reviewer", "auditor"]}}
        return World(provider, fresh(relays=0, gateway_options={"identity": {"issuers": [issuer]}}).gateway, tmp_path / "home")

    yield make
    for provider in made:
        provider.stop()


def test_a_person_logs_in_by_code_and_the_token_is_kept_for_its_owner_alone(world):
    it = world()
    assert "the login renews itself" in it.log_in("dana")
    assert stat.S_IMODE(it.file.stat().st_mode) == 0o600 and stat.S_IMODE(it.file.parent.stat().st_mode) == 0o700
    assert isinstance(it.ctl().json("sessions", "list"), list)
    with pytest.raises(CtlError) as refused:
        it.ctl().json("tokens", "list")
    assert "dana has" in refused.value.error
    # Another gateway is shown nothing.
    elsewhere = it.ctl()
    elsewhere.environment["POSTERN_API"] = "localhost:1"
    with pytest.raises(CtlError) as refused:
        elsewhere.json("status")
    assert "no access token" in refused.value.error
    # What is given with the call goes first.
    other = it.ctl()
    other.environment["POSTERN_TOKEN"] = "pat_nothing"
    with pytest.raises(CtlError):
        other.json("status")

    refresh_token = it.saved()["refresh_token"]
    it.ctl().text("logout")
    assert refresh_token not in it.file.read_text()
    until("the provider was told", lambda: "POST /token/revocation" in it.provider._process.log_text())
    with pytest.raises(CtlError):
        it.ctl().json("status")


def test_a_login_renews_itself_also_for_two_at_once(world):
    # So short that every call renews it; a refresh token that is used twice ends the login at the provider.
    it = world(lifetime=30)
    it.log_in("dana")
    first = it.saved()
    at_once = [Background(lambda: it.ctl().json("status")) for _ in range(4)]
    for one in at_once:
        assert one.result(60)["version"]
    assert it.saved()["token"] != first["token"] and it.saved()["refresh_token"] != first["refresh_token"]
    assert it.ctl().json("status")["version"]


def test_a_login_that_the_person_refuses_or_the_provider_ends(world):
    it = world(lifetime=1)
    running, address = it.begin()
    Browser(it.provider.ca).open(address).submit()
    # The page's other button.
    browser = Browser(it.provider.ca).open(address).submit().submit(abort="yes")
    assert "interrupted" in browser.page
    out, error = running.communicate(timeout=60)
    assert running.returncode == 4 and "the login was refused" in error, error
    assert not it.file.exists()

    it.log_in("dana")
    # The provider starts anew and knows no refresh token any more.
    it.provider.rotate(*it.provider.keys)
    until("the token has ended", lambda: "your login has ended" in it.ctl().run("status").stderr)
    assert it.ctl().run("status").returncode == 4


def test_whoever_has_no_role_gets_none_by_logging_in(world):
    it = world()
    it.log_in("eve")
    with pytest.raises(CtlError) as refused:
        it.ctl().json("sessions", "list")
    assert "eve has no role" in refused.value.error


def test_what_cannot_work_is_told(world):
    it = world()
    assert "--client-id" in it.ctl().run("login").stderr
    wrong = it.ctl().run("login", "--issuer", it.provider.url + "/other", "--client-id", "posternctl", "--issuer-ca", it.provider.ca)
    assert wrong.returncode == 1 and "discovery document" in wrong.stderr
    unknown = it.ctl().run("login", "--issuer", it.provider.url, "--client-id", "stranger", "--issuer-ca", it.provider.ca)
    assert unknown.returncode == 1 and "refuses to begin" in unknown.stderr
    plain = it.ctl().run("login", "--issuer", it.provider.url.replace("https", "http"), "--client-id", "posternctl")
    assert plain.returncode == 2 and "https URL" in plain.stderr
    assert it.ctl().run("logout").returncode == 5
