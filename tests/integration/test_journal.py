"""The journal of a gateway: verified from outside, signed, witnessed, compressed, retired."""
import json
import shutil
import subprocess

import pytest

from stack import paths
from stack.clients import connect, rows
from stack.wait import until

SMALL_SEGMENTS = {"limits": {"journal_segment_bytes": "1MiB", "sessions_per_agent": 200}}


def verify(*arguments):
    return subprocess.run([paths.BIN / "posternctl", "journal", "verify", "--output", "json", *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)


def report(*arguments):
    done = verify(*arguments)
    assert done.stdout, done.stderr
    return {**json.loads(done.stdout), "code": done.returncode}


def fill(gateway, segments):
    """Statements of some size, until so many segments are full."""
    connection = connect(gateway, "reader")
    folder = gateway.data / "journal"
    text = "x" * 200_000
    for _ in range(100):
        if len(list(folder.glob("*.pjl*"))) > segments:
            break
        rows(connection, f"SELECT LENGTH('{text}')")
    connection.close()


@pytest.fixture
def small(fresh):
    """Gateways with small segments and a witness file."""
    def make(**journal):
        stack = fresh(gateway_options={**SMALL_SEGMENTS, "journal": {"witness": {"file": "witness.jsonl"}, **journal}})
        return stack.gateway
    return make


def test_a_live_journal_verifies_and_after_a_stop_all_of_it_is_signed(small):
    gateway = small()
    fill(gateway, 1)
    live = report(gateway.data / "journal", "--public-key", gateway.data / "journal.pub")
    assert live["code"] == 0 and live["whole"] and live["key_pinned"] and live["findings"] == []
    assert gateway.process.stop() == 0
    done = report(gateway.data, "--public-key", gateway.data / "journal.pub", "--witness", gateway.folder / "witness.jsonl")
    assert done["code"] == 0 and done["records_after_checkpoint"] == 0
    assert done["witnessed"] == done["checkpoints"] > 2
    text = subprocess.run([paths.BIN / "posternctl", "journal", "verify", gateway.data], stdout=subprocess.PIPE, text=True)
    assert text.returncode == 0 and "whole" in text.stdout and "pin it with --public-key" in text.stdout


def test_tampering_is_named_by_file_and_offset(small):
    gateway = small(compress=False)
    fill(gateway, 1)
    gateway.process.stop()
    journal = gateway.data / "journal"
    copy = gateway.folder / "copy"

    shutil.copytree(journal, copy)
    segment = copy / "00000001.pjl"
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    found = report(copy)
    assert found["code"] == 1 and not found["whole"]
    assert found["findings"][0]["file"] == "00000001.pjl" and 64 <= found["findings"][0]["offset"] <= len(content) // 2

    shutil.rmtree(copy)
    shutil.copytree(journal, copy)
    max(copy.glob("*.pjl")).unlink()
    assert report(copy)["code"] == 0, "nothing in it says that there was more"
    cut = report(copy, "--witness", gateway.folder / "witness.jsonl")
    assert cut["code"] == 1 and "witness saw it reach" in cut["findings"][0]["what"]

    other = gateway.folder / "other.pem"
    key = gateway.folder / "other.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", other], check=True)
    assert report(journal, "--public-key", other)["code"] == 1
    assert verify(gateway.folder / "nowhere").returncode == 5
    assert verify(journal, "--public-key", key).returncode == 2


def test_another_key_is_named_by_the_old_one(small):
    gateway = small()
    gateway.process.stop()
    first = gateway.folder / "first.pub"
    shutil.copy(gateway.data / "journal.pub", first)
    rotate = [paths.BIN / "postern-gateway", "--config", gateway.config_file, "journal", "rotate-key"]
    told = subprocess.run(rotate, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert "signs the journal from now on" in told
    assert (gateway.data / "journal.pub").read_text() != first.read_text()
    gateway.start()
    told = subprocess.run(rotate, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert "started again" in told, "the journal is the running gateway's"
    gateway.process.stop()
    gateway.start()
    gateway.process.stop()
    for key in (first, gateway.data / "journal.pub"):
        done = report(gateway.data, "--public-key", key, "--witness", gateway.folder / "witness.jsonl")
        assert done["code"] == 0, done["findings"]


def test_full_segments_are_compressed_and_sessions_in_them_are_replayed(small):
    gateway = small()
    fill(gateway, 2)
    journal = gateway.data / "journal"
    until("the first segment is compressed", lambda: (journal / "00000001.pjl.zst").exists() and not (journal / "00000001.pjl").exists(), 60)
    assert (journal / "00000001.pjl.zst").stat().st_size < 100_000
    session = gateway.sessions("reader")[-1]["id"]
    statements = [row for row in gateway.replay(session) if row["event"] == "statement"]
    assert len(statements) > 5 and all("xxxx" in row["statement"]["text"] for row in statements)
    assert report(journal)["code"] == 0
    # Another life reads it as well.
    gateway.process.stop()
    gateway.start()
    assert gateway.replay(session)


def test_what_is_older_than_it_must_be_kept_goes(small):
    gateway = small(retention={"keep": "1s"}, checkpoints={"every": "1s"})
    fill(gateway, 2)
    journal = gateway.data / "journal"
    until("the first segment is gone", lambda: not list(journal.glob("00000001.*")), 60)

    def verified():
        done = report(journal, "--public-key", gateway.data / "journal.pub", "--witness", gateway.folder / "witness.jsonl")
        return done if done["code"] == 0 else None

    # What is left may hold no checkpoint yet: then nothing in it is signed.
    done = until("what is left is signed", verified)
    assert done["first_segment"] > 1 and done["witnessed_before"] > 0


def test_young_segments_stay_and_statements_are_refused_when_there_is_no_room(small):
    gateway = small(retention={"keep": "30d", "max_bytes": "2MiB"}, compress=False)
    connection = connect(gateway, "reader")
    text = "x" * 200_000
    with pytest.raises(Exception) as told:
        for _ in range(30):
            rows(connection, f"SELECT LENGTH('{text}')")
    assert "record" in str(told.value) or "journal" in str(told.value)
    assert list((gateway.data / "journal").glob("00000001.*"))
    assert sum(file.stat().st_size for file in (gateway.data / "journal").glob("*.pjl")) <= 2 << 20
