"""Results of any size pass through bounded memory, and one slow client is its own problem."""
import statistics
import subprocess
import threading
import time

import pymysql
import pytest

from stack.clients import CommandLine, command_lines, connect, drop, rows
from stack.paths import FULL
from stack.wait import until

MIB = 1 << 20
LIMIT = 150 * MIB
# 20 blobs of 1 MiB, each as often as there are rows of `small`.
TIMES = 102 if FULL else 15
BIG = f"SELECT b.body FROM blobs b JOIN small s WHERE s.id < {TIMES}"


class Watch:
    """The most memory that gateway and relay had while it ran."""

    def __init__(self, stack):
        self.processes = [stack.gateway.process, stack.relay.process]
        self.most = [0, 0]
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self):
        while not self._end.wait(0.02):
            self.most = [max(most, process.memory()) for most, process in zip(self.most, self.processes)]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def check(self):
        assert 0 < max(self.most) < LIMIT, f"gateway and relay had {[most // MIB for most in self.most]} MiB resident"


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_big_result_streams_in_bounded_memory(fresh, name):
    stack = fresh()
    with Watch(stack) as watch:
        client = CommandLine(command_lines()[name], stack.gateway, "bot").popen("--quick", f"--execute={BIG}", stdout=subprocess.PIPE)
        received = 0
        while chunk := client.stdout.read(MIB):
            received += len(chunk)
        assert client.wait() == 0
    assert received == TIMES * 20 * (MIB + 1)
    watch.check()


def test_client_that_stops_reading_costs_bounded_memory_and_nobody_elses_time(fresh):
    stack = fresh()
    slow = connect(stack.gateway, "bot", cursorclass=pymysql.cursors.SSCursor, read_timeout=300)
    other = connect(stack.gateway, "loader")
    rows(other, "SELECT id FROM small WHERE id = 1")
    with Watch(stack) as watch, slow.cursor() as cursor:
        cursor.execute(BIG)
        cursor.fetchone()
        deadline = time.monotonic() + (60 if FULL else 6)
        times = []
        while time.monotonic() < deadline:
            started = time.monotonic()
            rows(other, "SELECT id FROM small WHERE id = 1")
            times.append(time.monotonic() - started)
        assert statistics.median(times) < 0.1 and max(times) < 3, f"others waited up to {max(times)} s"
        assert sum(1 for _ in cursor) == TIMES * 20 - 1, "it gets everything when it reads on"
    watch.check()
    slow.close()
    other.close()


def test_client_that_stops_reading_and_goes_leaves_nothing(gateway, database):
    slow = connect(gateway, "bot", cursorclass=pymysql.cursors.SSCursor)
    cursor = slow.cursor()
    cursor.execute(BIG)
    cursor.fetchone()
    drop(slow)
    database.wait_until_no_threads()


def test_many_sessions_at_once(gateway, database):
    connections = [connect(gateway, "loader") for _ in range(16)]
    errors = []

    def work(connection, number):
        try:
            for step in range(50):
                assert rows(connection, "SELECT id FROM orders WHERE id = %s", (number * 50 + step + 1,)) == ((number * 50 + step + 1,),)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(connections, range(16))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(database.threads()) >= 16
    for connection in connections:
        connection.close()
    database.wait_until_no_threads()


def test_big_insert_streams_the_other_way(gateway, database, loader):
    body = "z" * (8 * MIB)
    rows(loader, "INSERT INTO notes (id, body) VALUES (950, %s)", (body,))
    until("it is there", lambda: database.value("SELECT LENGTH(body) FROM shop.notes WHERE id = 950") == len(body))
    database.query("DELETE FROM shop.notes WHERE id = 950")
