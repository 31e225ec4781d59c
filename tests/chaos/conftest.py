"""Stacks each of whose wires runs through a fault proxy."""
import copy
import json
import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from fault_proxy import FaultProxy  # noqa: E402
from stack.fixtures import (database, no_leftovers, pytest_addoption, pytest_runtest_makereport,  # noqa: E402, F401
                            run_folder)
from stack.stack import Stack  # noqa: E402

WIRES = ("agent", "relay", "database")


class WiredStack:
    """A stack with a FaultProxy on each wire: from the agent to the gateway, from the relay to the gateway, from the relay to the
    database. `gateway` is where an agent's client finds it; `real` is the one to ask."""

    def __init__(self, folder, database, **options):
        to_database = FaultProxy(database.port)
        options.setdefault("target_options", {})["port"] = to_database.port
        self.stack = Stack(folder, database, **options)
        self.database = database
        self.real = self.stack.gateway
        to_gateway = FaultProxy(self.real.api_port)
        for relay in self.stack.relays:
            config = json.loads(relay.config_file.read_text())
            config["gateways"] = [f"localhost:{to_gateway.port}"]
            relay.config_file.write_text(json.dumps(config))
        from_agent = FaultProxy(self.real.mysql_port)
        self.gateway = None
        self.wires = dict(zip(WIRES, (from_agent, to_gateway, to_database)))

    def start(self):
        self.stack.start()
        self.gateway = copy.copy(self.real)
        self.gateway.mysql_port = self.wires["agent"].port
        return self

    def heal(self):
        for proxy in self.wires.values():
            proxy.heal()
        self.stack.wait_until_ready(90)

    def kill(self):
        self.stack.kill()
        for proxy in self.wires.values():
            proxy.close()


@pytest.fixture
def wired(database, run_folder):
    """A function that makes one."""
    made = []

    def make(**options):
        made.append(WiredStack(pathlib.Path(tempfile.mkdtemp(prefix="wired-", dir=run_folder)), database, **options))
        return made[-1].start()

    yield make
    for one in made:
        one.kill()
