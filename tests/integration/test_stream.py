"""The journal streamed: every record, in order, numbered, over kill -9 and receivers that are away."""
import json
import socket
import subprocess

from stack import paths
from stack.clients import connect, rows
from stack.process import free_port
from stack.receiver import Receiver
from stack.stack import Stack
from stack.wait import until


def started(make, **options):
    """A stack whose gateway has these sections, some of which need its folder."""
    return make(gateway_options=options).gateway


def work(gateway, texts):
    connection = connect(gateway, "reader")
    for text in texts:
        rows(connection, f"SELECT '{text}'")
    connection.close()


def statements(lines):
    return [line["statement"]["text"] for line in lines if line["event"] == "statement" and "'" in line["statement"]["text"]]


def without_repetitions(lines):
    """In the order of their numbers; what came twice must have come alike."""
    by_number = {}
    for line in lines:
        assert by_number.setdefault(line["number"], line) == line
    assert sorted(by_number) == list(range(1, len(by_number) + 1)), "no gap"
    return [by_number[number] for number in sorted(by_number)]


def in_file(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_file_gets_each_record_as_an_export_has_it(fresh):
    gateway = started(fresh, stream={"file": "siem.jsonl"})
    work(gateway, ["one", "two"])
    path = gateway.folder / "siem.jsonl"
    lines = until("the session is streamed", lambda: in_file(path) if any(line["event"] == "session_closed" for line in in_file(path)) else None)
    assert without_repetitions(lines) == lines
    assert statements(lines) == ["SELECT 'one'", "SELECT 'two'"]
    session = gateway.sessions("reader")[0]["id"]
    exported = [json.loads(line) for line in gateway.reviewer.text("sessions", "export", "--agent", "reader", "--format", "jsonl").splitlines()]
    streamed = until("its door's proof is streamed", lambda: [line for line in in_file(path) if line["session_id"] == session] if
                     any(line["event"] == "door_closed" for line in in_file(path)) else None)
    place = {"number", "segment", "offset"}
    assert [{key: value for key, value in line.items() if key not in place} for line in streamed][:len(exported)] == exported[:len(streamed)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_kill_9_leaves_no_gap_and_what_comes_twice_is_numbered_alike(fresh):
    gateway = started(fresh, stream={"file": "siem.jsonl"})
    path = gateway.folder / "siem.jsonl"
    texts = []
    for life in range(3):
        more = [f"life {life} statement {number}" for number in range(40)]
        work(gateway, more)
        texts += more
        gateway.process.kill()
        gateway.start()
        until("the relay is back", lambda: gateway.target_ready("shop"), 60)
    def complete():
        lines = without_repetitions(in_file(path))
        starts = sum(line["event"] == "gateway_started" for line in lines)
        return (starts, len(statements(lines))) == (4, len(texts)) and lines

    assert statements(until("everything is there", complete)) == [f"SELECT '{text}'" for text in texts]


def test_standard_output_has_lines_and_nothing_else(fresh):
    gateway = started(fresh, stream={"stdout": True}, log={"file": "gateway-own.log"})
    work(gateway, ["out"])

    def lines():
        return [json.loads(line) for line in gateway.process.log_text().splitlines() if line.startswith("{")]

    until("it is written", lambda: statements(lines()) == ["SELECT 'out'"])
    assert all(line.startswith("{") for line in gateway.process.log_text().splitlines())


def test_syslog_over_udp(fresh):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(20)
    gateway = started(fresh, stream={"syslog": {"to": f"udp://127.0.0.1:{receiver.getsockname()[1]}", "facility": "local3"}})
    work(gateway, ["datagram"])
    while True:
        message = receiver.recv(65536).decode()
        head, text = message.split(" - ", 1)
        priority, _, _, program, _, event = head.split(" ")
        assert priority == "<157>1" and program == "postern-gateway" and event == json.loads(text)["event"]
        if statements([json.loads(text)]) == ["SELECT 'datagram'"]:
            break


def test_a_webhook_gets_signed_batches_and_loses_nothing_while_it_is_away(database, run_folder, tmp_path):
    metrics = free_port()
    stack = Stack(tmp_path, database)
    receiver = Receiver(tmp_path, stack.certificates)
    gateway = stack.gateway
    hook = receiver.webhook()
    hook.pop("name")
    gateway.config.update({"stream": {"webhook": hook}, "metrics": {"listen": f"127.0.0.1:{metrics}"}})
    gateway.config_file.write_text(json.dumps(gateway.config))
    receiver.always = 503

    def scraped(name):
        page = subprocess.run(["curl", "-sf", f"http://127.0.0.1:{metrics}/metrics"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return next(float(line.split()[1]) for line in page.splitlines() if line.startswith(name + " "))

    try:
        stack.start()
        work(gateway, ["while it was away"])
        until("failures are counted", lambda: scraped("postern_stream_failures_total") > 0 and scraped("postern_stream_lag_seconds") > 0.1)
        receiver.always = 200
        lines = until("it all came", lambda: (found := [json.loads(line) for request in receiver.requests() for line in request["text"].splitlines()])
                      and statements(found) == ["SELECT 'while it was away'"] and found, 60)
        assert without_repetitions(lines) and scraped("postern_stream_records_total") > 0 and scraped("postern_stream_gaps_total") == 0
        for request in receiver.requests():
            assert receiver.signed(request) and request["headers"]["Content-Type"] == "application/x-ndjson"
            first, last = (json.loads(request["text"].splitlines()[place])["number"] for place in (0, -1))
            assert request["headers"]["Postern-Delivery"] == f"stream.{first}-{last}"
    finally:
        stack.kill()
        receiver.stop()


def test_two_ways_at_once_are_refused_at_the_start(fresh, tmp_path):
    gateway = started(fresh)
    config = {**gateway.config, "stream": {"file": "a", "stdout": True}}
    (gateway.folder / "bad.yaml").write_text(json.dumps(config))
    done = subprocess.run([paths.BIN / "postern-gateway", "--config", gateway.folder / "bad.yaml", "--check"], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "needs one of file, stdout, syslog, webhook" in done.stderr
