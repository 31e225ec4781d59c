"""The database's password is in the relay, and nowhere else."""
import os
import pathlib
import shutil
import subprocess

import pytest

from stack.clients import connect, refused, rows
from stack.database import RELAY_PASSWORD
from stack.wait import until

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to read memory and the wire")


def contains(path, needle):
    """Searches a file of any size, in text and as UTF-16."""
    needles = [needle.encode(), needle.encode("utf-16-le")]
    overlap = b""
    with open(path, "rb") as source:
        while chunk := source.read(1 << 24):
            if any(wanted in overlap + chunk for wanted in needles):
                return True
            overlap = chunk[-200:]
    return False


def use(gateway):
    connection = connect(gateway, "loader")
    rows(connection, "SELECT COUNT(*) FROM orders WHERE status <> 'a mark to find again'")
    return connection


@needs_root
@pytest.mark.skipif(not shutil.which("gcore"), reason="needs gcore")
def test_memory_of_the_gateway(gateway, tmp_path):
    connection = use(gateway)
    subprocess.run(["gcore", "-o", tmp_path / "core", str(gateway.process.pid)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    core = tmp_path / f"core.{gateway.process.pid}"
    assert core.stat().st_size > 1_000_000 and contains(core, str(gateway.data)), "the search must work"
    assert not contains(core, RELAY_PASSWORD)
    connection.close()


def test_files_of_the_gateway_and_both_logs(gateway, stack):
    use(gateway).close()
    until("the session is recorded", lambda: gateway.sessions("loader")[0]["state"] == "closed")
    files = [path for path in gateway.folder.rglob("*") if path.is_file()]
    assert any(contains(path, "a mark to find again") for path in files), "the search must work"
    files.append(pathlib.Path(stack.relay.process.log))
    files += [path for path in stack.relay.folder.rglob("*") if path.is_file() and path.name != "password"]
    assert [path for path in files if contains(path, RELAY_PASSWORD)] == []


def test_command_lines_and_environments(gateway, stack):
    for process in (gateway.process, stack.relay.process):
        for name in ("cmdline", "environ"):
            assert RELAY_PASSWORD.encode() not in pathlib.Path(f"/proc/{process.pid}/{name}").read_bytes()


@needs_root
@pytest.mark.skipif(not shutil.which("tcpdump"), reason="needs tcpdump")
def test_wire_between_gateway_and_relay(gateway, stack, tmp_path):
    capture = tmp_path / "capture"
    ports = f"tcp port {gateway.api_port} or tcp port {gateway.mysql_port} or tcp port {stack.database.port}"
    dump = subprocess.Popen(["tcpdump", "-i", "lo", "-s", "0", "-U", "-w", capture, ports], stderr=subprocess.PIPE)
    try:
        while b"listening" not in (line := dump.stderr.readline()):
            assert line, "tcpdump ended"
        use(gateway).close()
        until("something was captured", lambda: capture.exists() and capture.stat().st_size > 5000)
    finally:
        dump.terminate()
        dump.communicate()
    assert contains(capture, "caching_sha2_password"), "the greeting is in clear, so the search must find it"
    assert not contains(capture, RELAY_PASSWORD)
    assert not contains(capture, gateway.agent_token("loader"))
    assert not contains(capture, "a mark to find again"), "statements travel inside TLS"


def test_password_is_not_in_what_an_agent_or_a_reviewer_sees(gateway):
    connection = use(gateway)
    session = gateway.sessions("loader")[0]["id"]
    seen = gateway.reviewer.text("sessions", "show", session) + gateway.reviewer.text("sessions", "replay", session)
    seen += gateway.admin.text("status", "--output", "json") + str(rows(connection, "SHOW VARIABLES LIKE '%version%'"))
    assert RELAY_PASSWORD not in seen
    connection.close()


def test_wrong_password_is_an_error_that_does_not_hold_it(fresh):
    stack = fresh()
    wrong = "Wr0ng-credential-of-the-relay"
    (stack.relay.folder / "password").write_text(wrong + "\n")
    stack.relay.process.stop()
    stack.relay.process.start()
    until("the relay reports that it cannot log in",
          lambda: any(not row["ready"] and row["error"] for row in stack.gateway.admin.json("status")["targets"]))
    connection = connect(stack.gateway, "loader")
    code, message = refused(connection, "SELECT COUNT(*) FROM orders")
    texts = [message, stack.gateway.process.log_text(), stack.relay.process.log_text(), stack.gateway.admin.text("status")]
    assert code and not any(wrong in text for text in texts)
    assert "postern_relay" not in message, "the agent learns nothing of the credential"
    connection.close()
