"""What an agent may read arrives unchanged, whichever client it uses."""
import datetime
import decimal
import json

import pytest

from stack.clients import CommandLine, command_lines, connect, node, refused, rows


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_command_line_reads(gateway, name):
    done = CommandLine(command_lines()[name], gateway, "bot").run("SELECT COUNT(*) FROM orders; SELECT id, email FROM customers WHERE id = 7")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["5000", "7\tcustomer7@example.com"]


def test_pymysql_reads_what_the_database_holds(bot, database):
    sql = "SELECT * FROM orders ORDER BY id"
    assert rows(bot, sql) == database.query("SELECT * FROM shop.orders ORDER BY id")


def test_mysql2_reads_with_text_and_binary_protocol(gateway):
    done = node(gateway, "bot", "read.js")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["text"] == answer["binary"] == [{"id": 7, "email": "customer7@example.com"}]
    assert answer["count"] == 5000


def test_every_column_type_and_null(gateway, database, bot):
    database.query("CREATE TABLE IF NOT EXISTS shop.types (id INT PRIMARY KEY, ti TINYINT, u BIGINT UNSIGNED, d DECIMAL(20,5), f DOUBLE,"
                   " t TIME(6), dt DATETIME(6), y YEAR, s VARCHAR(50), b BLOB, j JSON, e ENUM('one','two'), bits BIT(10))")
    database.query("DELETE FROM shop.types")
    database.query("INSERT INTO shop.types VALUES (1, -128, 18446744073709551615, 12345.67891, 1.5, '-10:11:12.000013',"
                   " '2024-02-29 01:02:03.000004', 2024, 'naïve \U0001F600', 0x00FF00, '{\"a\": [1, null]}', 'two', b'1000000001')")
    database.query("INSERT INTO shop.types (id) VALUES (2)")
    sql = "SELECT * FROM types ORDER BY id"
    full, empty = rows(bot, sql)
    assert full == database.query("SELECT * FROM shop.types ORDER BY id")[0]
    assert full[2] == 18446744073709551615 and full[3] == decimal.Decimal("12345.67891")
    assert full[6] == datetime.datetime(2024, 2, 29, 1, 2, 3, 4) and full[8] == "naïve \U0001F600" and full[9] == b"\x00\xff\x00"
    assert empty == (2,) + (None,) * 12


@pytest.mark.parametrize("count", [0, 1, 250, 251, 5000])
def test_result_of_any_number_of_rows(bot, count):
    assert len(rows(bot, "SELECT id FROM orders WHERE id <= %s", (count,))) == count


@pytest.mark.parametrize("length", [2**24 - 2 - 9, 2**24 - 1 - 4, 2**24 - 4, 2**24 + 100])
def test_row_of_about_and_over_16_mib(gateway, database, bot, length):
    # A row's packet is the value and its length prefix: 4 bytes below 16 MiB, 9 from there on.
    database.query("REPLACE INTO shop.notes (id, body) VALUES (900, REPEAT('x', %s))", length)
    try:
        (body,), = rows(bot, "SELECT body FROM notes WHERE id = 900")
        assert len(body) == length and body == "x" * length
        assert rows(bot, "SELECT 1 FROM small WHERE id = 1") == ((1,),)
    finally:
        database.query("DELETE FROM shop.notes WHERE id = 900")


@pytest.mark.parametrize("length", [100, 2**24 - 1 - 1, 2**24 - 1, 2**24 + 100])
def test_statement_of_about_and_over_16_mib(fresh, database, length):
    stack = fresh(gateway_options={"limits": {"statement_bytes": "20MiB"}})
    connection = connect(stack.gateway, "loader")
    head, tail = "INSERT INTO notes (id, body) VALUES (901, '", "')"
    body = "y" * (length - 1 - len(head) - len(tail))  # the command byte is part of the packet
    rows(connection, head + body + tail)
    assert database.value("SELECT LENGTH(body) FROM shop.notes WHERE id = 901") == len(body)
    database.query("DELETE FROM shop.notes WHERE id = 901")
    assert rows(connection, "SELECT 1 FROM small WHERE id = 1") == ((1,),)
    connection.close()


def test_error_of_the_server_arrives_as_it_is(bot):
    code, message = refused(bot, "SELECT nothing_like_it FROM orders")
    assert code == 1054 and "nothing_like_it" in message
    assert rows(bot, "SELECT 1 FROM small WHERE id = 1") == ((1,),)


def test_transaction_of_the_loader_commits_and_rolls_back(gateway, database):
    connection = connect(gateway, "loader", autocommit=False)
    rows(connection, "INSERT INTO notes (id, n) VALUES (910, 1)")
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 910") == 0
    connection.commit()
    assert database.value("SELECT n FROM shop.notes WHERE id = 910") == 1
    rows(connection, "DELETE FROM notes WHERE id = 910")
    connection.rollback()
    assert database.value("SELECT COUNT(*) FROM shop.notes WHERE id = 910") == 1
    connection.close()
    database.query("DELETE FROM shop.notes WHERE id = 910")
