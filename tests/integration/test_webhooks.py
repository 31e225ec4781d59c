"""Reviewers learn of approvals: signed JSON, Slack and Teams; again after failures, never in an approval's way, and dead letters at last."""
import json
import pathlib
import re
import tempfile

import pytest

from stack.clients import Background, connect, drop, refused, rows
from stack.process import free_port
from stack.receiver import Receiver
from stack.stack import POLICY, Stack
from stack.wait import until

# clerk gets tickets, beside those who wait.
RULES = POLICY.replace("rules:\n", """\
rules:
  - name: clerks-ask
    agents: [clerk]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], wait: 5m, mode: ticket, window: 5m }
""", 1)


class Told:
    """A gateway that tells a receiver, in every format."""

    def __init__(self, folder, database):
        self.metrics = free_port()
        self.stack = Stack(folder, database, policy=RULES)
        self.receiver = Receiver(folder, self.stack.certificates)
        self.gateway = self.stack.gateway
        self.gateway.config.update({
            "console": {"listen": f"127.0.0.1:{free_port()}"},
            "metrics": {"listen": f"127.0.0.1:{self.metrics}"},
            "webhooks": [self.receiver.webhook(), self.receiver.secret_url(folder, "slack", format="slack"),
                         self.receiver.secret_url(folder, "teams", format="teams"),
                         # Nobody listens there.
                         {"name": "down", "url": "http://127.0.0.1:1/x", "secret_file": str(self.receiver.secret_file), "give_up_after": "1s"}]})
        self.write()

    def write(self):
        self.gateway.config_file.write_text(json.dumps(self.gateway.config, indent=1))

    def chat(self, kind, approval, word):
        """The message to Slack or Teams about the approval with that word in it."""
        return until(f"{kind} is told {word} of {approval}", lambda: next(
            (request["body"] for request in self.receiver.requests()
             if request["path"].startswith(f"/hook/{kind}") and approval in request["text"] and word in request["text"]), None))

    def dead_letters(self):
        file = self.gateway.data / "webhooks-dead.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture(scope="module")
def told(database, run_folder):
    told = Told(pathlib.Path(tempfile.mkdtemp(prefix="told-", dir=run_folder)), database)
    try:
        told.stack.start()
        yield told
    finally:
        told.stack.kill()
        told.receiver.stop()


def asked(connection, sql):
    code, message = refused(connection, sql)
    assert code == 1142 and "decision=held" in message, message
    return re.search(r"approval=(apr_\w+)", message)[1]


def test_a_held_statement_and_its_decision_are_told_signed_and_without_literals(told):
    connection = connect(told.gateway, "bot")
    waiting = Background(lambda: rows(connection, "UPDATE orders SET status = 'paid to Eve' WHERE id = 31"))
    body = told.receiver.event("requested", "bot")
    approval = body["approval"]
    assert approval["state"] == "pending" and approval["target"] == "shop" and approval["rule"] == "writes-need-a-human"
    assert approval["verb"] == "update" and approval["objects"] == ["update orders"] and approval["reviewers"] == ["dba"]
    assert approval["normalised_statement"] == "UPDATE `orders` SET `status` = ? WHERE `id` = ?"
    assert approval["url"].endswith("/#/approvals/" + approval["id"]) and approval["expires_at"]
    told.gateway.reviewer.text("approvals", "approve", approval["id"], "--reason", "it is due")
    waiting.result()
    decided = told.receiver.event("approved", "bot")
    assert decided["approval"]["id"] == approval["id"]
    assert [(vote["reviewer"], vote["reason"]) for vote in decided["approval"]["votes"]] == [("dana", "it is due")]
    for request in told.receiver.requests():
        assert "Eve" not in request["text"]
        if request["path"] == "/hook":
            assert told.receiver.signed(request) and request["headers"]["Postern-Delivery"] == request["body"]["id"]


def test_denied_expired_and_void_are_told(told):
    connection = connect(told.gateway, "bot")
    waiting = Background(lambda: refused(connection, "DELETE FROM orders WHERE id = 32"))
    told.gateway.reviewer.text("approvals", "deny", told.gateway.pending("bot")["id"], "--reason", "no")
    waiting.result()
    assert told.receiver.event("denied", "bot")["approval"]["votes"][0]["reason"] == "no"
    refused(connect(told.gateway, "hasty"), "UPDATE orders SET status = 'late' WHERE id = 33")
    assert told.receiver.event("expired", "hasty")["approval"]["ended_because"] == "nobody decided in time"
    gone = connect(told.gateway, "sam")
    Background(lambda: rows(gone, "DELETE FROM orders WHERE id = 34"))
    told.receiver.event("requested", "sam")
    drop(gone)
    assert told.receiver.event("void", "sam")["approval"]["state"] == "void"


def test_chats_get_what_agents_wrote_as_text(told):
    table = "<!channel> [x](https://evil.example)"
    approval = asked(connect(told.gateway, "clerk"), f"UPDATE `{table}` SET status = '<!here>' WHERE id = 35")
    slack = told.chat("slack", approval, "waits")
    assert slack["text"] == f"Postern: A statement waits for approval ({approval})"
    fields = [field for block in slack["blocks"] for field in block.get("fields", []) if "evil" in field["text"]]
    assert ("plain_text", "Does\nupdate &lt;!channel&gt; [x](https://evil.example)") in [(field["type"], field["text"]) for field in fields]
    assert all(field["type"] == "plain_text" and "<" not in field["text"] for field in fields)
    assert not any("evil" in json.dumps(block) for block in slack["blocks"] if "fields" not in block)
    assert slack["blocks"][-1]["text"]["text"].endswith(f"/#/approvals/{approval}|Open it in the console>")
    teams = told.chat("teams", approval, "waits")
    card = teams["attachments"][0]["content"]
    runs = [run for block in card["body"] if block["type"] == "RichTextBlock" for run in block["inlines"]]
    assert {"type": "TextRun", "text": f"update {table}"} in runs
    assert not any("evil" in block["text"] for block in card["body"] if block["type"] == "TextBlock")
    assert card["actions"][0]["url"].endswith(f"/#/approvals/{approval}")
    assert "<!here>" not in json.dumps([slack, teams])
    told.gateway.reviewer.text("approvals", "deny", approval, "--reason", "no")


def test_failures_are_tried_again_with_the_same_id_and_redirects_are_not_followed(told):
    told.receiver.statuses = [500, 302, 503]
    approval = asked(connect(told.gateway, "clerk"), "UPDATE orders SET quantity = 1 WHERE id = 36")
    body = told.receiver.event("requested", "clerk", approval)
    tries = [request for request in told.receiver.requests(None) if request["path"] == "/hook" and approval in request["text"]]
    assert [request["status"] for request in tries] == [500, 302, 503, 200]
    assert {request["headers"]["Postern-Delivery"] for request in tries} == {body["id"]} == {approval + ".requested"}
    assert [request for request in told.receiver.requests(None) if request["path"].endswith("elsewhere")] == []
    told.gateway.reviewer.text("approvals", "deny", approval, "--reason", "no")


def test_a_webhook_that_is_down_is_in_nobodys_way_and_ends_in_dead_letters(told, database):
    before = database.value("SELECT quantity FROM shop.orders WHERE id = 37")
    connection = connect(told.gateway, "bot")
    waiting = Background(lambda: rows(connection, "UPDATE orders SET quantity = quantity + 1 WHERE id = 37"))
    approval = told.gateway.pending("bot")["id"]
    told.gateway.reviewer.text("approvals", "approve", approval)
    waiting.result()
    assert database.value("SELECT quantity FROM shop.orders WHERE id = 37") == before + 1
    letter = until("it is a dead letter", lambda: next((one for one in told.dead_letters() if one["id"] == approval + ".approved"), None))
    assert letter["webhook"] == "down" and letter["tries"] >= 1 and letter["body"]["approval"]["id"] == approval
    assert (told.gateway.data / "webhooks-dead.jsonl").stat().st_mode & 0o777 == 0o600


def test_no_secret_url_is_logged(told):
    told.receiver.always = 500
    approval = asked(connect(told.gateway, "clerk"), "UPDATE orders SET quantity = 2 WHERE id = 38")
    until("the log tells of it", lambda: "slack" in told.gateway.process.log_text())
    told.receiver.always = 200
    told.chat("slack", approval, "waits")
    assert "do-not-log-me" not in told.gateway.process.log_text()
    assert all("do-not-log-me" not in json.dumps(letter) for letter in told.dead_letters())


def test_after_a_restart_what_goes_on_is_told_again_and_what_is_void_is_told(told):
    ticket = asked(connect(told.gateway, "clerk"), "UPDATE orders SET quantity = 3 WHERE id = 39")
    connection = connect(told.gateway, "bot")
    Background(lambda: rows(connection, "UPDATE orders SET quantity = 3 WHERE id = 40"))
    held = told.gateway.pending("bot")["id"]

    def deliveries(name):
        return [request["headers"]["Postern-Delivery"] for request in told.receiver.requests() if request["path"] == "/hook"].count(name)

    until("both are told", lambda: deliveries(ticket + ".requested") == 1 and deliveries(held + ".requested") == 1)
    told.gateway.process.kill()
    told.gateway.start()
    until("the ticket is told again", lambda: deliveries(ticket + ".requested") == 2)
    until("the other one is void", lambda: deliveries(held + ".void") == 1)
    told.stack.wait_until_ready()
    told.gateway.reviewer.text("approvals", "deny", ticket, "--reason", "no")
    assert told.receiver.event("denied", "clerk", ticket)["approval"]["votes"][0]["reason"] == "no"
