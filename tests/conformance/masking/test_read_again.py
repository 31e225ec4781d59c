"""What the families' form cannot say: a prepared statement that the server reads anew, and masks of two kinds in one column."""
import struct

import pytest

from attempts.client import Client, options_of_client
from canaries import WORLDS, found_in_answer
from stack.clients import connect

PLAIN = """version: 1
rules:
  - { name: r, agents: [analyst], targets: [shop], allow: { verbs: [read], objects: [shop.purchases] } }
access:
  - { agents: ["*"], targets: [shop], open: automatic, max_ttl: 1h, idle: 10m, connections: 64 }
"""
TWO_MASKS = """version: 1
masks:
  - { columns: [shop.people.salary], with: { keep_last: 4 } }
  - { columns: [shop.people.bonus], with: { round: -6 } }
  - { columns: [shop.people.card], with: { keep_last: 4 } }
  - { columns: [shop.people.ssn], with: { keep_first: 4 } }
rules:
  - { name: r, agents: [analyst], targets: [shop], allow: { verbs: [read], objects: ["shop.*"] } }
access:
  - { agents: ["*"], targets: [shop], open: automatic, max_ttl: 1h, idle: 10m, connections: 64 }
"""
INT, DOUBLE = 0x08, 0x05


def client_of(stack):
    client = Client(lambda: connect(stack.gateway, "analyst", **options_of_client()))
    client.connect()
    return client


def prepare(client, sql):
    client._connection._execute_command(0x16, sql.encode())
    statement, columns, count = struct.unpack_from("<IHH", client._connection._read_packet().get_all_data(), 1)
    for block in (count, columns):
        if block:
            client._definitions(block)
    return statement


def execute(client, statement, value, kind):
    packed = struct.pack("<q", value) if kind == INT else struct.pack("<d", value)
    body = struct.pack("<IBI", statement, 0, 1) + b"\0\1" + bytes([kind, 0]) + packed

    def converse(answer):
        client._connection._execute_command(0x17, body)
        client._results(answer, binary=True, statement=statement)

    return client._answer(converse)


POLYGLOT = "SELECT CONCAT(ssn, '') FROM (SELECT 'x') d\u00e0JOIN (people) LEFT JOIN (SELECT ?) f\u00e0ON (ssn) ON 1"


def test_charset_and_new_types_reread_a_prepared_statement(request, masked_stack, database):
    if request.config.getoption("--database") != "mysql":
        pytest.skip("MariaDB re-reads after DDL only and has no column lists of derived tables")
    WORLDS[0].fill(database.query)
    client = client_of(masked_stack[1])
    statement = prepare(client, POLYGLOT)
    execute(client, statement, 1, INT)
    client.query("SET NAMES latin1")
    answer = execute(client, statement, 1.5, DOUBLE)
    assert answer.failed or not found_in_answer(answer), answer.results[0].rows


def test_a_table_that_no_rule_names_is_not_read(request, masked_stack, running_stack, database):
    if request.config.getoption("--database") != "mysql":
        pytest.skip("as above")
    WORLDS[0].fill(database.query)
    client = client_of(running_stack("plain", PLAIN))
    assert client.query("SELECT * FROM people").failed
    statement = prepare(client, "SELECT * FROM (SELECT ?) d\u00e0JOIN (people)")
    execute(client, statement, 1, INT)
    client.query("SET NAMES latin1")
    answer = execute(client, statement, 1.5, DOUBLE)
    assert answer.failed or not found_in_answer(answer), answer.results[0].rows


def test_charset_and_ddl_reread_a_prepared_statement(masked_stack, database):
    WORLDS[0].fill(database.query)
    client = client_of(masked_stack[1])
    statement = prepare(client, "SELECT id, x\u00e0LIKE'j%' FROM (SELECT p.id, p.ssn AS x\u00e0, p.name AS `x\u00e0LIKE` FROM people p LEFT JOIN memo m ON 1 = 0 WHERE p.id < ?) d")
    before = execute(client, statement, 4, INT)
    client.query("SET NAMES latin1")
    client.query("ALTER TABLE memo COMMENT 'reread'")
    after = execute(client, statement, 4, INT)
    assert after.failed or after.results[0].rows == before.results[0].rows, after.results[0].rows


def test_sql_mode_is_not_moved_by_taking_pieces_out(masked_stack, database):
    WORLDS[0].fill(database.query)
    client = client_of(masked_stack[1])
    statement = prepare(client, "SELECT id, CONCAT(\"ssn\", '') FROM people WHERE id < ?")
    execute(client, statement, 4, INT)
    client.query("SET sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE'")
    moved = client.query("SET sql_mode = REPLACE(REPLACE(REPLACE(@@sql_mode, '_TABLES,STRICT_ALL_TABLES,NO_ZERO_', ''), 'STRICT_TR', ''), 'N_DATE', '')")
    answer = execute(client, statement, 4.5, DOUBLE)
    assert answer.failed or not found_in_answer(answer), answer.results[0].rows
    assert moved.failed, client.query("SELECT @@sql_mode").results[0].rows


@pytest.fixture(scope="module")
def two_masks(masked_stack, running_stack):
    return running_stack("two_masks", TWO_MASKS)


@pytest.mark.parametrize("sql", ["SELECT salary FROM people UNION ALL SELECT bonus FROM people WHERE 0",
                                 "SELECT card FROM people UNION ALL SELECT ssn FROM people WHERE 0",
                                 "SELECT salary FROM people UNION ALL SELECT ssn FROM people WHERE 0"])
def test_a_mask_of_another_kind_is_not_a_stricter_one(two_masks, database, sql):
    WORLDS[0].fill(database.query)
    client = client_of(two_masks)
    shown = {row[0].strip(b"*0.") for row in client.query(sql).results[0].rows}
    assert shown <= {b"", b"[redacted]"}, shown
