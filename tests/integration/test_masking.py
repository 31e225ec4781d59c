"""Masked columns, through a real server: what the agent is shown, and what it is told instead."""
import json

import pymysql
import pytest

from stack.clients import connect, rows
from stack.wait import until

EMAIL = "c***@example.com"


@pytest.fixture
def veiled(stack):
    return connect(stack.gateway, "veiled")


def refusal(connection, sql):
    with pytest.raises(pymysql.err.MySQLError) as raised:
        rows(connection, sql)
    return raised.value.args[1]


def test_values_are_shown_as_their_masks_say(veiled):
    assert rows(veiled, "SELECT id, email, ssn, card_number, name FROM customers WHERE id = 7") == (
        (7, EMAIL, "[redacted]", "****0371", "Tony Berg 7"),)


def test_names_and_places_do_not_matter(veiled, database):
    database.query("CREATE OR REPLACE VIEW shop.people AS SELECT id, email AS mail FROM shop.customers")
    for sql in ["SELECT c.email AS id FROM customers c WHERE id = 7",
                "SELECT x FROM (SELECT email AS x FROM customers WHERE id = 7) d",
                "WITH d (x) AS (SELECT email FROM customers WHERE id = 7) SELECT x FROM d",
                "SELECT name FROM customers WHERE id = 0 UNION ALL SELECT email FROM customers WHERE id = 7",
                "SELECT (SELECT email FROM customers WHERE id = 7)"]:
        assert rows(veiled, sql) == ((EMAIL,),), sql


def test_a_view_is_read_through(stack, database, veiled):
    database.query("CREATE OR REPLACE VIEW shop.people AS SELECT id, email AS mail FROM shop.customers")
    stack.gateway.admin.json("targets", "refresh", "shop")
    assert rows(veiled, "SELECT mail FROM people WHERE id = 7") == ((EMAIL,),)
    database.query("DROP VIEW shop.people")


def test_what_could_tell_a_value_is_refused_and_the_session_goes_on(veiled):
    for sql in ["SELECT HEX(email) FROM customers", "SELECT id FROM customers WHERE email LIKE 'customer1%'",
                "SELECT id FROM customers ORDER BY email", "SELECT COUNT(DISTINCT email) FROM customers",
                "SELECT @v := email FROM customers", "INSERT INTO notes (body) SELECT email FROM customers",
                "EXPLAIN SELECT email FROM customers"]:
        assert "rule=masked-column" in refusal(veiled, sql), sql
    assert rows(veiled, "SELECT COUNT(*) FROM customers") == ((2000,),)


def test_a_mask_may_let_a_column_be_compared(veiled):
    assert rows(veiled, "SELECT id FROM customers WHERE ssn = '107-50-0259'") == ((7,),)
    assert "rule=masked-column" in refusal(veiled, "SELECT id FROM customers WHERE ssn LIKE '107%'")
    assert str(rows(veiled, "SELECT created_at FROM customers WHERE id = 7 ORDER BY created_at")[0][0]) == "2025-01-01 00:00:00"


def test_hashes_join(stack, database, veiled):
    database.query("DELETE FROM shop.notes")
    database.query("INSERT INTO shop.notes (body, n) VALUES ('a', 42), ('b', 42), ('c', 43)")
    hashes = [row[0] for row in rows(veiled, "SELECT n FROM notes ORDER BY id")]
    assert hashes[0] == hashes[1] != hashes[2] and len(hashes[0]) == 16
    database.query("DELETE FROM shop.notes")


def test_detectors_look_through_what_no_mask_covers(database, veiled):
    database.query("DELETE FROM shop.notes")
    database.query("INSERT INTO shop.notes (body, n) VALUES ('pay to DE89370400440532013000 today', 1)")
    (body,), = rows(veiled, "SELECT body FROM notes")
    assert "DE89370400440532013000" not in body and body.startswith("pay to ") and body.endswith(" today")
    database.query("DELETE FROM shop.notes")


def test_errors_and_warnings_quote_no_value(veiled, database):
    database.query("DELETE FROM shop.notes")
    message = refusal(veiled, "INSERT INTO notes (id, body) VALUES (4711, 'a'), (4711, 'b')")
    assert "4711" not in message and "PRIMARY" in message
    rows(veiled, "SELECT CAST('secret12345' AS SIGNED)")
    assert all("secret12345" not in str(row) for row in rows(veiled, "SHOW WARNINGS"))
    database.query("DELETE FROM shop.notes")


def test_a_schema_that_changed_elsewhere_is_no_way_in(stack, database, veiled):
    database.query("CREATE TABLE shop.moving (id INT, card_number VARCHAR(30), note VARCHAR(30))")
    database.query("INSERT INTO shop.moving VALUES (1, '4000-1111-2222-3333', 'plain')")
    stack.gateway.admin.json("targets", "refresh", "shop")
    assert rows(veiled, "SELECT * FROM moving") == ((1, "****3333", "plain"),)
    database.query("ALTER TABLE shop.moving MODIFY note VARCHAR(30) AFTER id")
    assert rows(veiled, "SELECT * FROM moving") == ((1, "plain", "****3333"),)
    database.query("DROP TABLE shop.moving")


def test_the_record_says_what_was_masked(stack, veiled):
    rows(veiled, "SELECT email FROM customers WHERE id = 7")
    shown = stack.gateway.reviewer.json("sessions", "show", stack.gateway.sessions("veiled")[0]["id"])
    assert "shop.customers.email: email" in json.dumps(shown) and "customer7@" not in json.dumps(shown)


def test_a_view_that_is_redefined_elsewhere_is_read_as_it_is_now(database, veiled):
    database.query("CREATE OR REPLACE VIEW shop.shifting AS SELECT id, name AS x FROM shop.customers")
    assert rows(veiled, "SELECT x FROM shifting WHERE id = 7") == (("Tony Berg 7",),)
    database.query("CREATE OR REPLACE VIEW shop.shifting AS SELECT id, email AS x FROM shop.customers")
    assert rows(veiled, "SELECT x FROM shifting WHERE id = 7") == ((EMAIL,),)
    assert "rule=masked-column" in refusal(veiled, "SELECT UPPER(x) FROM shifting")
    database.query("DROP VIEW shop.shifting")


def test_a_result_that_was_not_predicted_is_withheld_and_the_schema_read_again(fresh, database):
    stack = fresh(gateway_options={"limits": {"catalog_max_age": "1h"}})
    veiled = connect(stack.gateway, "veiled")
    database.query("CREATE TABLE shop.moving (id INT, card_number VARCHAR(30), note VARCHAR(30))")
    database.query("INSERT INTO shop.moving VALUES (1, '4000-1111-2222-3333', 'plain')")
    stack.gateway.admin.json("targets", "refresh", "shop")
    assert rows(veiled, "SELECT * FROM moving") == ((1, "****3333", "plain"),)
    database.query("ALTER TABLE shop.moving MODIFY note VARCHAR(30) AFTER id")
    assert "decision=withheld" in refusal(veiled, "SELECT * FROM moving")
    until("the schema is read again", lambda: rows(veiled, "SELECT * FROM moving") == ((1, "plain", "****3333"),))
    database.query("DROP TABLE shop.moving")
