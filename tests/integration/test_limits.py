"""What a rule's limits and an agent's budget come to while statements run."""
import pymysql
import pytest

from stack.clients import connect, rows


@pytest.fixture
def frugal(stack, database):
    database.query("DELETE FROM shop.notes")
    yield connect(stack.gateway, "frugal")
    database.query("DELETE FROM shop.notes")


def refusal(connection, sql):
    with pytest.raises(pymysql.err.MySQLError) as raised:
        rows(connection, sql)
    return raised.value.args


def test_a_result_has_no_more_rows_than_its_rule_lets(frugal):
    assert len(rows(frugal, "SELECT id FROM orders LIMIT 100")) == 100
    code, message = refusal(frugal, "SELECT id FROM orders")
    assert code == 1226 and "decision=cut" in message
    assert rows(frugal, "SELECT 1") == ((1,),)


def test_a_cut_result_hands_out_exactly_as_much(frugal):
    cursor = frugal.cursor(pymysql.cursors.SSCursor)
    cursor.execute("SELECT id FROM orders ORDER BY id")
    seen = []
    with pytest.raises(pymysql.err.MySQLError):
        for row in cursor:
            seen.append(row[0])
    assert seen == list(range(1, 101))


def test_a_statement_runs_no_longer_than_its_rule_lets(frugal):
    code, message = refusal(frugal, "SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.total_cents + b.total_cents < c.total_cents")
    assert code == 3024 and "max_execution_time" in message
    assert rows(frugal, "SELECT 1") == ((1,),)


def test_changing_too_many_rows_is_undone(stack, database, frugal):
    database.query("INSERT INTO shop.notes (body, n) VALUES ('a', 1), ('b', 1), ('c', 1)")
    assert "START TRANSACTION" in refusal(frugal, "UPDATE notes SET n = 2")[1]
    rows(frugal, "START TRANSACTION")
    rows(frugal, "UPDATE notes SET n = 3 WHERE body = 'a'")
    code, message = refusal(frugal, "UPDATE notes SET n = 4")
    assert code == 1226 and "decision=rolled-back" in message
    database.wait_until_no_threads()
    assert {row[0] for row in database.query("SELECT n FROM shop.notes")} == {1}


def test_a_budget_ends(stack):
    thrifty = connect(stack.gateway, "thrifty")
    for _ in range(3):
        rows(thrifty, "SELECT id FROM orders WHERE id = 1")
    assert "rule=budget" in refusal(thrifty, "SELECT id FROM orders WHERE id = 1")[1]
    assert len(rows(connect(stack.gateway, "thrifty"), "SELECT id FROM orders LIMIT 5")) == 5


def test_a_client_that_may_send_several_statements_is_bound_as_well(stack, database, frugal):
    database.query("INSERT INTO shop.notes (body, n) VALUES ('a', 1), ('b', 1), ('c', 1)")
    several = connect(stack.gateway, "frugal", client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    assert "START TRANSACTION" in refusal(several, "UPDATE notes SET n = 2")[1]
    assert {row[0] for row in database.query("SELECT n FROM shop.notes")} == {1}
