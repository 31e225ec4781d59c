"""Fixtures of the corpora that go through the whole stack: one database server per run, for each corpus a stack of its own."""
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
MASKING = HERE / "masking"
sys.path[:0] = [str(HERE), str(HERE.parent / "integration"), str(HERE / "masking"), str(HERE / "smuggling")]

from attempts.family import families  # noqa: E402
from canaries import WORLDS  # noqa: E402
from stack.clients import connect  # noqa: E402
from stack.database import RELAY_USER, Database  # noqa: E402
from stack.fixtures import pytest_addoption, pytest_runtest_makereport, run_folder  # noqa: E402, F401
from stack.stack import Stack  # noqa: E402
from stack.wait import until  # noqa: E402

# corpus -> family -> {outcome: how many}
counts = {}


@pytest.fixture(scope="session")
def database(request, run_folder):
    server = Database(request.config.getoption("--database"), run_folder / "database")
    try:
        server.load()
        # The relay's user may do anything to the schema and read all of the server: nothing but the gateway stands in the way.
        server.query(f"GRANT ALL ON shop.* TO '{RELAY_USER}'@'127.0.0.1'")
        server.query(f"GRANT SELECT, SHOW VIEW, TRIGGER, EXECUTE, PROCESS, FILE, RELOAD ON *.* TO '{RELAY_USER}'@'127.0.0.1'")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def running_stack(run_folder, database):
    """A function that starts a stack under a policy; it knows the database's schema when it returns."""
    made = []

    def start(name, policy, **limits):
        stack = Stack(run_folder / name, database, policy=policy, gateway_options={"limits": limits})
        made.append(stack)
        stack.start()
        until("the gateway knows the schema", lambda: _knows_the_schema(stack.gateway))
        return stack

    yield start
    for stack in made:
        stack.kill()


@pytest.fixture(scope="session")
def masked_stack(request, database, running_stack):
    vendor = request.config.getoption("--database")
    for line in (MASKING / "schema.sql").read_text().splitlines():
        database.query(line)
    WORLDS[0].fill(database.query)
    database.query("USE shop")
    for family in families(MASKING / "families", vendor):
        for sql in family.setup:
            database.query(sql)
    policy = (MASKING / "policy.yaml").read_text()
    return running_stack("masked", policy), running_stack("still", policy, catalog_max_age="1h")


def _knows_the_schema(gateway):
    return all(int((row.get("catalog") or {}).get("relations", 0)) > 0 for row in gateway.admin.json("status")["targets"])


@pytest.fixture(scope="session")
def open_agent():
    """A function that makes a PyMySQL connection of an agent; who asked for it closes it."""
    return connect


def pytest_terminal_summary(terminalreporter):
    for corpus, families in counts.items():
        terminalreporter.section(f"{corpus}: what became of it")
        for family, outcomes in families.items():
            terminalreporter.write_line(f"{family:28} " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
        total = sum(count for outcomes in families.values() for outcome, count in outcomes.items() if outcome != "twins")
        terminalreporter.write_line(f"{total} attempts, {sum(outcomes.get('twins', 0) for outcomes in families.values())} twins")
