"""What monitoring reads: the metrics as Prometheus parses them, health, and failures that are counted however they are limited."""
import re
import urllib.error
import urllib.request

import pymysql
import pytest

from stack.clients import connect, refused, rows
from stack.process import free_port
from stack.stack import TARGET
from stack.wait import until

SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[0-9.e+-]+|\+Inf|NaN)$')


class Monitored:
    def __init__(self, fresh):
        self.port = free_port()
        self.stack = fresh(gateway_options={"metrics": {"listen": f"127.0.0.1:{self.port}"}})
        self.gateway = self.stack.gateway

    def get(self, path):
        """(status, text)"""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def scrape(self):
        """'name' or 'name{label="value"}' -> value; checks the format by the way."""
        _, text = self.get("/metrics")
        samples, kinds, helped = {}, {}, set()
        for line in text.splitlines():
            if line.startswith("# HELP "):
                helped.add(line.split()[2])
            elif line.startswith("# TYPE "):
                kinds[line.split()[2]] = line.split()[3]
            else:
                name, labels, value = SAMPLE.match(line).groups()
                samples[f"{name}{{{labels.rstrip(',')}}}" if labels else name] = float(value)
                family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in kinds else name
                # As `promtool check metrics` has it.
                assert family in helped and family in kinds, line
                assert (kinds[family] == "counter") == family.endswith("_total"), line
                assert name.startswith("postern_"), line
        return samples


@pytest.fixture
def monitored(fresh):
    return Monitored(fresh)


def fails(gateway, user, password):
    with pytest.raises(pymysql.MySQLError) as error:
        pymysql.connect(host="127.0.0.1", port=gateway.mysql_port, user=user, password=password, ssl={"ca": str(gateway.certificates.ca)})
    return error.value.args


def test_what_agents_do_is_counted(monitored):
    before = monitored.scrape()
    assert before["postern_sessions"] == 0 and before["postern_journal_writable"] == 1
    assert before['postern_relay_connected{relay="relay-1"}'] == 1
    connection = connect(monitored.gateway, "reader")
    for _ in range(3):
        rows(connection, "SELECT COUNT(*) FROM orders")
    refused(connection, "DROP TABLE orders")
    during = monitored.scrape()
    assert during["postern_sessions"] == 1 and during["postern_doors"] == 1
    assert during['postern_statements_total{decision="allow",group="read"}'] >= 3
    assert during['postern_statements_total{decision="deny",group="ddl"}'] == 1
    assert during['postern_refusals_total{rule="never"}'] == 1
    assert during['postern_logins_total{kind="token"}'] == 1
    assert during["postern_journal_append_seconds_count"] > 5 and during["postern_journal_append_failures_total"] == 0
    connection.close()
    until("the door's proof is counted", lambda: monitored.scrape()['postern_doors_closed_total{proof="gone"}'] == 1)
    assert monitored.scrape()["postern_sessions"] == 0
    monitored.stack.relay.process.kill()
    until("the relay is missed", lambda: monitored.scrape()['postern_relay_connected{relay="relay-1"}'] == 0)


def test_health(monitored):
    assert monitored.get("/healthz") == (200, "alive\n")
    assert monitored.get("/readyz") == (200, "ready\n")
    assert monitored.get("/other")[0] == 404


def test_failures_in_an_agents_name_are_counted_and_limited_and_the_agent_is_let_in(monitored):
    gateway = monitored.gateway
    token = gateway.agent_token("reader")
    told = {fails(gateway, f"reader+{TARGET}", "pat_" + "1" * 40) for _ in range(14)}
    assert len(told) == 1 and {code for code, _ in told} == {1045}
    assert fails(gateway, f"reader+{TARGET}", "hunter2") in told
    counted = monitored.scrape()
    assert counted['postern_login_failures_total{kind="token"}'] == 14
    assert counted['postern_login_failures_total{kind="other"}'] == 1
    connection = connect(gateway, "reader", token=token)
    assert rows(connection, "SELECT 1")


def test_a_flood_is_told_in_the_record_with_the_number_of_those_that_are_not(monitored):
    gateway = monitored.gateway
    for _ in range(13):
        fails(gateway, f"reader+{TARGET}", "pat_" + "1" * 40)
    until("the flood is announced", lambda: "the next are counted only" in gateway.process.log_text())
    # The block is over after 5 s.
    until("the next one tells of the others", lambda: fails(gateway, f"reader+{TARGET}", "pat_x") and
          "more failed before it and were not recorded" in gateway.process.log_text(), 60, 1)
