"""Statements that are held, as their agents and reviewers handle them."""
import re

from .clients import refused
from .wait import until


def asked(connection, sql):
    """Sends a statement that must be refused with a ticket; returns the approval's id."""
    code, message = refused(connection, sql)
    assert code == 1142 and "decision=held" in message and "retry=same-statement" in message, message
    return re.search(r"approval=(apr_\w+)", message)[1]


def run(connection, sql):
    with connection.cursor() as cursor:
        return cursor.execute(sql)


def approve(gateway, approval, *options):
    gateway.reviewer.text("approvals", "approve", approval, *options)


def shown(gateway, approval):
    return gateway.reviewer.json("approvals", "show", approval)


def previewed(gateway, agent):
    """The held statement of an agent, once its preview is there."""
    approval = gateway.pending(agent)["id"]
    until("it has a preview", lambda: shown(gateway, approval).get("preview"))
    return shown(gateway, approval)


def deny(gateway, approval):
    gateway.reviewer.text("approvals", "deny", approval["id"], "--reason", "test")
