"""The smuggle corpus through the whole stack: an agent that may only read changes nothing of data, definitions, accounts, server or its own
session, whatever it sends; every twin works."""
import collections
import pathlib

import pytest

import conftest
from attempts.client import Client
from attempts.family import families
from fingerprint import changes, fingerprint
from stack.clients import connect

HERE = pathlib.Path(__file__).resolve().parent
# Its own variables and limits on rows a session may set: they change what it gets, not how it is read or what it may.
SESSION = ("SELECT DATABASE(), @@session.sql_mode, @@character_set_client, @@character_set_connection, @@character_set_results,"
           " @@collation_connection, @@autocommit, @@foreign_key_checks, @@unique_checks")


def pytest_generate_tests(metafunc):
    if "family" in metafunc.fixturenames:
        found = families(HERE / "families", metafunc.config.getoption("--database"))
        metafunc.parametrize("family", found, ids=[family.name for family in found])


@pytest.fixture(scope="session")
def reading_stack(database, running_stack):
    for line in (HERE / "schema.sql").read_text().splitlines():
        database.query(line)
    return running_stack("reading", (HERE / "policy.yaml").read_text())


@pytest.fixture(scope="session")
def agent(reading_stack):
    client = Client(lambda: connect(reading_stack.gateway, "reader", read_timeout=30, write_timeout=30))
    yield client
    client.close()


def send(client, attempt):
    """The answers to the steps."""
    answers = []
    for step in attempt.steps:
        if attempt.command is not None:
            answers.append(client.command(attempt.command, step.sql))
        elif attempt.marks & {"binary", "cursor"}:
            answers.append(client.prepared(step.sql, step.parameters, cursor="cursor" in attempt.marks))
        else:
            answers.append(client.query(step.sql))
    return answers


def outcome_of(answers):
    if any(answer.broken for answer in answers):
        return "broken"
    if any(answer.rule for answer in answers):
        return "refused"
    return "error" if answers[-1].failed else "clear"


def fault_of(attempt, answers):
    outcome = outcome_of(answers)
    expected = next((mark for mark in ("clear", "error") if mark in attempt.marks), "refused")
    if outcome != expected:
        return f"{attempt}\n      ended as {outcome}, not {expected}: {answers[-1].code} {answers[-1].message}"
    return None


def test_attacks(agent, database, family):
    before, session = fingerprint(database), agent.query(SESSION).results
    assert session, "the session's own state cannot be read"
    outcomes, faults = collections.Counter(), []
    for attempt in family.attacks:
        answers = send(agent, attempt)
        outcomes[outcome_of(answers)] += 1
        faults.append(fault_of(attempt, answers))
    faults = [fault for fault in faults if fault] + changes(before, fingerprint(database))
    now = agent.query(SESSION).results
    if now != session:
        faults.append(f"the session was {session[0].rows}, and is {now and now[0].rows}")
    conftest.counts.setdefault("smuggle corpus", {}).setdefault(family.name, collections.Counter()).update(outcomes)
    assert not faults, "\n   ".join([f"{len(faults)} faults", *faults])


def test_twins(agent, database, family):
    assert family.twins, "a family needs twins, or refusing everything would pass"
    before, faults = fingerprint(database), []
    direct = Client(lambda: database.connect(database="shop", read_timeout=30))
    for attempt in family.twins:
        answers = send(agent, attempt)
        expected = send(direct, attempt)
        if outcome_of(answers) != "clear":
            faults.append(f"{attempt}\n      {answers[-1].code} {answers[-1].message}")
        for answer, right in zip(answers, expected):
            if answer.has_rows and [result.rows for result in answer.results] != [result.rows for result in right.results]:
                faults.append(f"{attempt}\n      answered {answer.results}, not {right.results}")
    direct.close()
    faults += changes(before, fingerprint(database))
    conftest.counts.setdefault("smuggle corpus", {}).setdefault(family.name, collections.Counter())["twins"] += len(family.twins)
    assert not faults, "\n   ".join([f"{len(faults)} faults", *faults])
