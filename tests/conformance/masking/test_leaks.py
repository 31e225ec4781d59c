"""The leak corpus through the whole stack: every attempt is refused or masked, says the same in two worlds that differ in nothing but
masked values, and shows no piece of them; every twin answers what the database answers."""
import collections
import pathlib

import pytest

import conftest
from attempts.client import Client, options_of_client
from attempts.family import families
from canaries import WORLDS, found_in
from judgement import Seen, judge
from stack.clients import connect

HERE = pathlib.Path(__file__).resolve().parent
COM_INIT_DB = 2
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "LOCK", "HANDLER", "SELECT GET_LOCK", "SHOW WARNINGS", "SHOW ERRORS")
READS = ("SELECT", "WITH", "TABLE", "VALUES", "(SELECT")


def pytest_generate_tests(metafunc):
    if "family" in metafunc.fixturenames:
        found = families(HERE / "families", metafunc.config.getoption("--database"))
        metafunc.parametrize("family", found, ids=[family.name for family in found])


class Corpus:
    """Runs attempts in both worlds, beside the database itself."""

    def __init__(self, stacks, database):
        self.stacks = stacks
        self.database = database
        # One whose gateway has the schema read for each statement, and one for attempts in which nobody changes it.
        self.strict, self.still = (Client(lambda stack=stack: connect(stack.gateway, "analyst", **options_of_client())) for stack in stacks)
        self.agent = self.still
        self.direct = Client(lambda: database.connect(database="shop", **options_of_client()))

    def judge_all(self, attempts):
        """(attempt, verdict) of each."""
        seen = []
        for world in WORLDS:
            world.fill(self.database.query)
            seen.append([self._run(attempt) for attempt in attempts])
        return [(attempt, judge(a, b, attempt.marks)) for attempt, a, b in zip(attempts, *seen)]

    def _run(self, attempt):
        seen = []
        self.agent = self.strict if any(step.by_admin for step in attempt.steps) else self.still
        for step in attempt.steps:
            if step.by_admin:
                self.database.query(step.sql)
            else:
                seen.append(self._step(attempt, step, attempt.marks))
        if len(attempt.steps) > 1 or seen[0].answer.broken:
            self._start_over()
        elif seen[0].answer.has_rows and str(step.sql).startswith(READS) and ";" not in step.sql and not attempt.marks & {"binary", "cursor", "command"}:
            seen.append(self._step(attempt, step, {"binary"}))
        return seen

    def _step(self, attempt, step, marks):
        answer = _send(self.agent, attempt, step, marks)
        text = str(step.sql).upper()
        compared = not text.startswith(CHANGES) if not answer.failed else text.startswith(READS) and not answer.rule
        return Seen(step, answer, _send(self.direct, attempt, step, marks) if compared else None)

    def _start_over(self):
        if self.agent.reset().failed:
            self.agent.close()
        self.direct.reset()
        for client in (self.agent, self.direct):
            client.command(COM_INIT_DB, "shop")
        self.direct.query("SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1")

    def close(self):
        for client in (self.strict, self.still, self.direct):
            client.close()


def _send(client, attempt, step, marks):
    if attempt.command is not None:
        return client.command(attempt.command, step.sql)
    if marks & {"binary", "cursor"}:
        return client.prepared(step.sql, step.parameters, cursor="cursor" in marks)
    return client.query(step.sql)


@pytest.fixture(scope="session")
def corpus(masked_stack, database):
    corpus = Corpus(masked_stack, database)
    yield corpus
    corpus.close()


def expected_of(attempt):
    """What may become of an attack."""
    return {"clear", "masked"} if "clear" in attempt.marks else {"error", "refused"} if "error" in attempt.marks else {"refused", "masked"}


def faults_of(attempt, verdict):
    faults = list(verdict.faults)
    if verdict.outcome not in expected_of(attempt):
        faults.append(f"ended as {verdict.outcome}, not as one of {sorted(expected_of(attempt))}: {verdict.last}")
    if "unparsed" in verdict.rules and "unparsed" not in attempt.marks:
        faults.append("is not understood, so that it tries nothing")
    return [f"{attempt}\n      {fault}" for fault in faults]


def test_attacks(corpus, family):
    outcomes = collections.Counter()
    faults = []
    for attempt, verdict in corpus.judge_all(family.attacks):
        outcomes[verdict.outcome] += 1
        faults += faults_of(attempt, verdict)
    conftest.counts.setdefault("leak corpus", {}).setdefault(family.name, collections.Counter()).update(outcomes)
    assert not faults, "\n   ".join([f"{len(faults)} faults", *faults])


def test_twins(corpus, family):
    assert family.twins, "a family needs twins, or refusing everything would pass"
    faults = []
    for attempt, verdict in corpus.judge_all(family.twins):
        if verdict.outcome not in ("clear", "masked"):
            faults.append(f"{attempt}\n      ended as {verdict.outcome}: {verdict.last}")
        faults += [f"{attempt}\n      {fault}" for fault in verdict.faults]
    conftest.counts.setdefault("leak corpus", {}).setdefault(family.name, collections.Counter())["twins"] += len(family.twins)
    assert not faults, "\n   ".join([f"{len(faults)} faults", *faults])


def test_logs_and_records_hold_no_canary(corpus):
    for part in (part for stack in corpus.stacks for part in (*stack.gateways, *stack.relays)):
        assert found_in(part.process.log_text().encode()) is None, part.process.log
    words = [word.encode() for world in WORLDS for word in world.words]
    for file in (path for stack in corpus.stacks for path in stack.gateway.data.rglob("*") if path.is_file()):
        content = file.read_bytes().lower()
        assert not any(word in content for word in words), file
