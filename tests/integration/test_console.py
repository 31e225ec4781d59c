"""The web console in a real browser: what people see, and what their browser is kept from doing."""
import json
import os
import re

import pytest

from stack.browser import Browser, BrowserError
from stack.certificates import Certificates
from stack.clients import connect, rows
from stack.ctl import Ctl
from stack.process import free_port
from stack.provider import Provider
from stack.stack import Stack
from stack.wait import until
from test_approval import hold

# Once they can be pressed: when the whole of an approval has come.
APPROVE, DENY = "role=button[name=/^Approve/][disabled=false]", "role=button[name=/^Deny/][disabled=false]"


@pytest.fixture(scope="module")
def console(database, run_folder):
    """A stack whose gateway serves the console over HTTPS."""
    port = free_port()
    stack = Stack(run_folder / "console", database)
    gateway = stack.gateway
    tls = {key: gateway.config["api"]["tls"][key] for key in ("certificate", "key")}
    gateway.config["console"] = {"listen": f"127.0.0.1:{port}", "tls": tls, "url": f"https://localhost:{port}"}
    # The policy here lets nobody of that name read, so each run fails.
    gateway.config["verification"] = {"every": "24h", "targets": {"shop": {"table": "shop.small"}}}
    gateway.config_file.write_text(json.dumps(gateway.config))
    gateway.console = f"https://localhost:{port}"
    try:
        yield stack.start().gateway
    finally:
        stack.kill()


@pytest.fixture(scope="module")
def browser(run_folder):
    one = Browser(run_folder / "browser.log")
    yield one
    one.stop()


@pytest.fixture
def page(browser):
    """A function that opens pages, each in a profile of its own; none may complain of anything."""
    opened = []

    def make(console, token, **options):
        one = browser.page(**options)
        opened.append(one)
        one.sign_in(console.console, token)
        return one

    yield make
    for one in opened:
        # A refused request is an answer; a script that fails, or a broken rule of the page's own, is not.
        assert [fault for fault in one.faults() if "Failed to load resource" not in fault] == []
        one.close()


def token_of(gateway, name, roles, groups):
    gateway.person(name, *roles, groups=groups)
    return gateway._token(name, "person", groups, [])


@pytest.fixture
def dana(console):
    return token_of(console, "dana", ("reviewer", "auditor"), ("dba",))


@pytest.fixture
def erin(console):
    return token_of(console, "erin", ("reviewer",), ("dba",))


def decide(page, button, reason):
    page.click(f".decide >> {button}")
    page.fill("dialog textarea", reason)
    page.click(f"dialog >> {button}")


def test_a_held_statement_appears_by_itself_and_is_approved(console, database, page, dana):
    one = page(console, dana)
    one.waitFor("text=Nothing waits.")
    waiting = hold(connect(console, "bot"), "UPDATE orders SET status = 'seen' WHERE id = 11")
    one.waitFor(".row >> text=UPDATE orders")  # without a reload
    one.waitFor(f".decide >> {APPROVE}")
    shown = one.textOf("article.detail")
    for part in ("UPDATE orders SET status = 'seen' WHERE id = 11", "bot", "writes-need-a-human", "update", "dba", "0 of 1"):
        assert part in shown
    decide(one, APPROVE, "looks right")
    assert waiting.result() == 1
    one.waitFor("article .badge.good")
    assert "looks right" in one.textOf("article.detail")
    assert database.value("SELECT status FROM shop.orders WHERE id = 11") == "seen"


def test_keys_move_and_decide(console, page, dana):
    one = page(console, dana)
    first = hold(connect(console, "bot"), "UPDATE orders SET status = 'k1' WHERE id = 12")
    second = hold(connect(console, "bot"), "UPDATE orders SET status = 'k2' WHERE id = 13")
    until("both are shown", lambda: one.count(".row >> text=/status = 'k[12]'/") == 2)
    for _ in range(2):
        one.waitFor(f".decide >> {DENY}")
        one.key("d")
        one.waitFor("dialog")
        one.fill("dialog textarea", "by key")
        one.key("Control+Enter")
        one.waitFor("article .badge.bad")
        one.key("k")
    for waiting in (first, second):
        with pytest.raises(Exception, match="by key"):
            waiting.result()


def test_of_two_who_race_one_wins_and_the_other_is_told(console, database, page, dana, erin):
    pages = [page(console, dana), page(console, erin)]
    waiting = hold(connect(console, "bot"), "UPDATE orders SET quantity = quantity + 1 WHERE id = 14")
    before = database.value("SELECT quantity FROM shop.orders WHERE id = 14")
    for one in pages:
        one.waitFor(f".decide >> {APPROVE}")
        one.click(f".decide >> {APPROVE}")
    pages[0].click(f"dialog >> {APPROVE}")
    pages[1].click(f"dialog >> {APPROVE}")
    assert waiting.result() == 1
    for one in pages:
        one.waitFor("article .badge.good")
    assert "no longer pending" in pages[1].textOf(".alert")
    assert database.value("SELECT quantity FROM shop.orders WHERE id = 14") == before + 1


def test_who_may_not_decide_is_not_offered_it(console, page, dana):
    auditor = page(console, token_of(console, "olaf", ("auditor",), ()))
    stranger = page(console, token_of(console, "sven", ("reviewer",), ("cooks",)))
    waiting = hold(connect(console, "bot"), "UPDATE orders SET status = 'no' WHERE id = 15")
    for one, why in ((auditor, "takes the role reviewer"), (stranger, "Only members of dba")):
        one.waitFor("article.detail >> text=status = 'no'")
        assert why in one.textOf(".decide")
        assert one.count(f".decide >> {APPROVE}") == 0
    reviewer = page(console, dana)
    reviewer.waitFor(f".decide >> {DENY}")
    decide(reviewer, DENY, "")
    with pytest.raises(Exception):
        waiting.result()


HOSTILE = "UPDATE notes SET n = 1 WHERE '<img src=x onerror=alert(1)><script>alert(2)</script> \u202e\u2066evil\u2069 \u200b \x1b[31m \x07 &lt;b&gt;' = 'x'"


def test_hostile_text_is_shown_as_text(console, page, dana):
    one = page(console, dana)
    waiting = hold(connect(console, "bot"), HOSTILE)
    one.waitFor(f".decide >> {DENY}")
    shown = one.textOf("article pre")
    for part in ("<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "U+202E", "U+2066", "U+200B", "ESC", "&lt;b&gt;"):
        assert part in shown, shown
    assert "\u202e" not in shown and "\x1b" not in shown
    assert one.count("main img, main script") == 0
    decide(one, DENY, "<b>no</b>")
    with pytest.raises(Exception):
        waiting.result()
    one.waitFor("article .badge.bad")
    assert "<b>no</b>" in one.textOf("article.detail")


def test_a_very_long_statement_is_folded_and_says_so(console, page, dana):
    one = page(console, dana)
    waiting = hold(connect(console, "bot"), f"UPDATE notes SET n = 2 WHERE id IN ({','.join(str(n) for n in range(100_000, 240_000))})")
    one.waitFor(f".decide >> {APPROVE}")
    until("the rest is counted", lambda: "more characters are not shown" in one.textOf(".fold"))
    one.click(f".decide >> {APPROVE}")
    assert "not seen all of it" in one.textOf("dialog")
    one.key("Escape")
    one.click("role=button[name='Show more']")
    until("more is shown", lambda: len(one.textOf("article pre")) > 100_000)
    decide(one, DENY, "too long")
    with pytest.raises(Exception):
        waiting.result()


def test_the_cookie_says_nothing_and_goes_nowhere_else(console, page, dana):
    one = page(console, dana)
    (cookie,) = one.cookies()
    assert cookie["name"] == "__Host-postern" and dana not in cookie["value"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Strict", "/")
    assert one.evaluate("document.cookie") == ""
    assert dana not in one.content()
    assert dana not in console.process.log_text()


def test_requests_that_the_page_did_not_make_are_refused(console, page, dana):
    one = page(console, dana)
    url = f"{console.console}/rpc/Admin/GetStatus"
    csrf = json.loads(one.get(f"{console.console}/session", {})["text"])["csrf"]
    headers = {"Content-Type": "application/json", "X-Postern-Csrf": csrf, "Origin": console.console}
    ask = lambda **changes: one.get(url, {"method": "POST", "data": "{}", "headers": {k: v for k, v in {**headers, **changes}.items() if v}})["status"]
    assert ask() == 200
    assert ask(**{"X-Postern-Csrf": None}) == 403
    assert ask(**{"X-Postern-Csrf": "x" * 43}) == 403
    assert ask(Origin="https://evil.example") == 403
    assert ask(Origin=None) == 403
    assert ask(**{"Sec-Fetch-Site": "cross-site"}) == 403


def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(console, browser, page, dana):
    one = page(console, dana)
    headers = one.get(f"{console.console}/", {})["headers"]
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    sizes = one.evaluate("performance.getEntriesByType('resource').map((r) => r.decodedBodySize).reduce((a, b) => a + b, 0)")
    assert 0 < sizes < 200_000
    other = browser.page()
    other.goto(console.console)
    with pytest.raises(BrowserError, match="TrustedHTML"):
        other.evaluate("document.body.innerHTML = '<b>x</b>'")
    other.close()


def test_signing_out_and_revoking_end_it(console, page):
    token = token_of(console, "gone", ("auditor",), ())
    one = page(console, token)
    identity = next(row for row in console.admin.json("tokens", "list") if row["name"] == "gone")
    console.admin.text("tokens", "revoke", identity["id"])
    one.waitFor("text=You have been signed out")
    other = page(console, token_of(console, "leaver", ("auditor",), ()))
    other.click(".me summary")
    other.click("role=button[name='Sign out']")
    other.waitFor("input[name=token]")
    assert other.cookies() == []


def test_a_wrong_token_is_told(console, browser):
    one = browser.page()
    one.goto(console.console)
    one.fill("input[name=token]", "pat_wrong")
    one.key("Enter")
    one.waitFor("text=/unknown, expired or revoked/")
    assert one.evaluate("document.querySelector('input[name=token]').value") == ""
    one.close()


def walk(gateway):
    """A session with a read, a refusal and a held write that was denied; its id."""
    connection = connect(gateway, "bot")
    assert rows(connection, "SELECT COUNT(*) FROM notes WHERE n = 7001")
    with pytest.raises(Exception):
        rows(connection, "DROP TABLE notes")
    waiting = hold(connection, "DELETE FROM notes WHERE n = 7001")
    gateway.reviewer.text("approvals", "deny", gateway.pending("bot")["id"], "--reason", "not today")
    with pytest.raises(Exception):
        waiting.result()
    connection.close()
    return until("its door is proven closed", lambda: next(
        (row["id"] for row in gateway.sessions("bot") if row["state"] == "closed" and row["close_proof"] == "gone" and row["held"] == 1), None))


def test_sessions_are_listed_shown_and_replayed(console, page, dana):
    session = walk(console)
    one = page(console, dana)
    one.click("nav >> text=Sessions")
    one.waitFor(f"text={session}")
    one.fill("input[name=agent]", "nobody")
    one.click("role=button[name='Show']")
    one.waitFor("text=No such session.")
    one.goto(f"{console.console}/#/sessions/{session}")
    one.waitFor("text=DROP TABLE notes")
    shown = one.textOf("main")
    for part in ("proven gone", "denied", "writes-need-a-human", "never"):
        assert part in shown
    one.click("main >> text=Replay")
    one.waitFor(".timeline >> text=Session closed")
    assert one.textOf("output").startswith("1 of ")
    one.key("End")
    until("the last one is told", lambda: re.match(r"(\d+) of \1,", one.textOf("output")))
    one.key("Home")
    for _ in range(40):
        if "not today" in one.textOf("article.detail"):
            break
        one.key("ArrowRight")
    assert "not today" in one.textOf("article.detail")
    one.evaluate("(slider => { slider.value = 0; slider.dispatchEvent(new Event('input')); })(document.querySelector('input[type=range]'))")
    assert "Session opened" in one.textOf("article.detail")


def test_tasks_are_shown_and_ended(console, page, dana):
    agent = console.agent_token("reader")
    Ctl(console.api_port, console.certificates.ca, agent).json("task", "start", "--target", "shop", "--reason", "look <i>around</i>", "--ttl", "10m")
    one = page(console, dana)
    one.goto(f"{console.console}/#/tasks")
    one.waitFor("text=look <i>around</i>")
    one.click(f"tr:has-text('look <i>around</i>') >> role=button[name=/^End/]")
    one.fill("dialog textarea", "enough")
    one.click("dialog >> role=button[name='End']")
    def ended():
        one.click("role=button[name='Show']")
        return one.count("tr:has-text('look <i>around</i>') >> text=/^ended$/")
    until("it has ended", ended)


def test_the_policy_is_shown_explained_and_compared(console, page, dana):
    text = console.policy_file.read_text()
    changed = console.folder / "changed.yaml"
    changed.write_text(text.replace("wait: 1s", "wait: 2s"))
    console.admin.text("policy", "apply", changed, "--reason", "a little <longer>")
    one = page(console, dana)
    one.click("nav >> text=Policy")
    one.waitFor("pre >> text=writes-need-a-human")
    one.fill("input[name=agent]", "bot")
    one.fill("input[name=target]", "shop")
    one.fill("input[name=schema]", "shop")
    one.fill("textarea[name=statement]", "UPDATE orders SET status = 'x' WHERE id = 1")
    one.click("role=button[name='Explain']")
    one.waitFor(".verdict >> text=writes-need-a-human")
    assert "held for a reviewer" in one.textOf(".verdict")
    one.waitFor("text=a little <longer>")
    one.click("role=button[name='Compare']")
    one.waitFor(".diff .new >> text=wait: 2s")
    assert "wait: 1s" in one.textOf(".diff .gone")
    one.click("summary >> text=Draft")
    one.fill("textarea[name=draft]", "version: 1\nrules: [ { name: x } ]\n")
    one.click("role=button[name='Check']")
    one.waitFor("table:has-text('Problem')")


def test_targets_and_relays_are_shown(console, page, dana):
    walk(console)
    one = page(console, dana)
    one.click("nav >> text=Targets")
    one.waitFor("tr >> text=relay-1")
    shown = one.textOf("main")
    for part in ("ready", "connected", "works", "proven gone"):
        assert part in shown


def test_a_verification_is_begun_and_shown_as_it_goes(console, page, dana, erin):
    one = page(console, dana)
    one.click("nav >> text=Verification")
    one.click("role=button[name='Verify now']")
    # Not the run that the schedule began.
    one.waitFor("tr:has-text('dana') >> text=failed")
    shown = one.textOf("main")
    for part in ("shop", "dana", "the read failed", "not reached", "not since the start"):
        assert part in shown
    # A reviewer's own role does not open it.
    other = page(console, erin)
    assert other.count("nav >> text=Verification") == 0
    other.goto(f"{console.console}/#/verification")
    other.waitFor("h1 >> text=Approvals")


VIEWS = ["approvals", "sessions", "tasks", "policy", "targets", "verification"]
SCREENS = {"desktop": {}, "phone": {"width": 390, "height": 844, "isMobile": True, "hasTouch": True}, "dark": {"colorScheme": "dark"}}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_view_is_accessible(console, browser, page, dana, screen):
    session = walk(console)
    waiting = hold(connect(console, "bot"), HOSTILE)
    approval = console.pending("bot")["id"]
    signed_out = browser.page(**SCREENS[screen])
    signed_out.goto(console.console)
    signed_out.waitFor("input[name=token]")
    assert signed_out.axe() == []
    signed_out.close()
    one = page(console, dana, **SCREENS[screen])
    for view in [*VIEWS, f"approvals/{approval}", f"sessions/{session}", f"sessions/{session}/replay"]:
        one.goto(f"{console.console}/#/{view}")
        until("it has loaded", lambda: one.count("main >> text=/^Loading/") == 0)
        assert one.axe() == [], view
        assert one.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{view} is wider than the screen"
        folder = os.environ.get("POSTERN_SCREENSHOTS")
        if folder:
            one.screenshot({"path": f"{folder}/{screen}-{view.replace(session, 'one').replace(approval, 'one').replace('/', '-')}.png"})
    console.reviewer.text("approvals", "deny", approval)
    with pytest.raises(Exception):
        waiting.result()


def test_people_sign_in_with_their_provider(fresh, browser, tmp_path):
    port = free_port()
    url = f"https://localhost:{port}"
    provider = Provider(tmp_path / "provider", Certificates(tmp_path / "certificates"), {"dana": {"groups": ["dba"]}, "eve": {"groups": ["cooks"]}},
                        pages={"console": f"{url}/sign-in/return"})
    provider.start()
    try:
        issuer = {"issuer": provider.url, "audience": "console", "ca": str(provider.ca), "kind": "person", "groups_claim": "groups",
                  "roles": {"dba": ["reviewer", "auditor"]}, "required_claims": {"groups": ["dba"]}}
        certificate, key = map(str, Certificates(tmp_path / "own").issue("console", "DNS:localhost"))
        gateway = fresh(gateway_options={
            "identity": {"issuers": [issuer]},
            "console": {"listen": f"127.0.0.1:{port}", "url": url, "tls": {"certificate": certificate, "key": key},
                        "sign_in": [{"name": "Example & Co", "issuer": provider.url, "client_id": "console", "ca": str(provider.ca)}]}}).gateway
        for name, welcome in (("dana", True), ("eve", False)):
            one = browser.page()
            one.goto(url)
            one.click("text=With Example & Co")
            one.fill("input[name=login]", name)
            one.fill("input[name=password]", "any")
            one.click("button[type=submit]")
            one.click("button[type=submit]")  # consent
            if welcome:
                one.waitFor("nav")
                assert "dana" in one.textOf(".me")
                one.waitFor("text=Nothing waits.")
                cookies = {cookie["name"]: cookie["sameSite"] for cookie in one.cookies() if "postern" in cookie["name"]}
                assert cookies == {"__Host-postern": "Strict"}
            else:
                one.waitFor("text=did not let you in")
            one.close()
        # An answer that this browser did not ask for is none, whoever made it.
        stranger = browser.page()
        stranger.goto(f"{url}/sign-in/return?code=stolen&state=guessed")
        stranger.waitFor("text=did not let you in")
        stranger.close()
        assert "no answer to a sign-in" in gateway.process.log_text()
    finally:
        provider.stop()
