"""What strangers, who have neither a token nor a certificate, can do to the port of the API."""
import pathlib
import re
import resource
import socket
import subprocess

from stack.ctl import CtlError
from stack.wait import until
from test_joining import gateway_alone  # noqa: F401

HOARD = pathlib.Path(__file__).with_name("hoard.mjs")
MIB = 1 << 20


def answers(gateway):
    try:
        return gateway.admin.json("status")
    except CtlError:
        return None


def most_memory(gateway):
    """The most that the gateway has ever had in memory, in MiB."""
    status = pathlib.Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) >> 10


def crowd(gateway, size):
    return [socket.create_connection(("127.0.0.1", gateway.api_port), timeout=20) for _ in range(size)]


def hung_up(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_the_port_outlives_a_lack_of_descriptors(gateway_alone):  # noqa: F811
    gateway = gateway_alone().gateway
    resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (100, 100))
    held = crowd(gateway, 300)
    until("there were too few", lambda: "Too many open files" in gateway.process.log_text())
    for connection in held:
        connection.close()
    until("the API answers again", lambda: answers(gateway))


def test_strangers_are_cut_off_in_time(gateway_alone):  # noqa: F811
    gateway = gateway_alone(login_timeout="2s").gateway
    held = crowd(gateway, 20)
    until("all were cut off", lambda: all(hung_up(connection) for connection in held))
    until("the API answers", lambda: answers(gateway))


def test_one_address_has_only_so_many_connections(gateway_alone):  # noqa: F811
    gateway = gateway_alone(api_connections_per_source=8, login_timeout="5m").gateway
    held = crowd(gateway, 20)
    until("those beyond the limit were turned away", lambda: sum(map(hung_up, held)) >= 12)
    until("the log says why", lambda: "limits.api_connections_per_source reached" in gateway.process.log_text())
    for connection in held:
        connection.close()
    until("their places are free again", lambda: answers(gateway))


def test_what_strangers_send_ahead_is_bounded(gateway_alone):  # noqa: F811
    gateway = gateway_alone(unproven_calls=16).gateway
    before = most_memory(gateway)
    hoard = subprocess.Popen(["node", HOARD, gateway.certificates.ca, str(gateway.api_port), "2", "200", str(MIB)],
                             stdout=subprocess.PIPE, text=True)
    try:
        assert hoard.stdout.readline() == "settled\n"
        assert answers(gateway), "who has a token is served meanwhile"
        assert most_memory(gateway) - before < 150, "400 MiB were offered, 48 MiB are the limit"
        assert hoard.stdout.readline() == "ended\n"
    finally:
        hoard.kill()
        hoard.wait()
    assert answers(gateway)
