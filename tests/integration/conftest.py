"""One long-lived stack for most tests; those that break things make one of their own with `fresh`."""
import pytest

from stack.clients import connect
from stack.fixtures import (database, fresh, no_leftovers, pytest_addoption, pytest_runtest_makereport,  # noqa: F401
                            run_folder)
from stack.stack import Stack


@pytest.fixture(scope="session")
def stack(database, run_folder):
    """The long-lived one. Tests leave it as they found it."""
    one = Stack(run_folder / "stack", database)
    try:
        yield one.start()
    finally:
        one.kill()


@pytest.fixture
def gateway(stack):
    return stack.gateway


@pytest.fixture
def bot(gateway):
    """A connection of the agent whose writes are held."""
    return connect(gateway, "bot")


@pytest.fixture
def loader(gateway):
    """A connection of the agent that may write."""
    return connect(gateway, "loader")
