"""Fixtures that every suite of whole stacks has: a folder and a database server per run, stacks of a test's own."""
import pathlib
import shutil
import tempfile

import pytest

from .clients import drop, opened
from .database import Database
from .stack import Stack


def pytest_addoption(parser):
    parser.addoption("--database", default="mariadb", choices=["mariadb", "mysql"], help="which real server to test against")


@pytest.fixture(scope="session")
def run_folder():
    """Short, because a socket's path must be."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database(request, run_folder):
    server = Database(request.config.getoption("--database"), run_folder / "database")
    try:
        server.load()
        yield server
    finally:
        server.stop()


@pytest.fixture
def fresh(database, run_folder):
    """A function that makes a stack of the test's own, e.g. fresh(relays=2)."""
    made = []

    def make(**options):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="fresh-", dir=run_folder))
        stack = Stack(folder, database, **options)
        made.append(stack)
        return stack.start()

    yield make
    for one in made:
        one.kill()


@pytest.fixture(autouse=True)
def no_leftovers():
    yield
    while opened:
        drop(opened.pop())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test's report ends with what gateways and relays logged last."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for one in Stack.running:
            for part in [*one.gateways, *one.relays]:
                report.sections.append((f"end of {part.process.log}", part.process.log_text()[-3000:]))
