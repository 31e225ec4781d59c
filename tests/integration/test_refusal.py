"""A refusal is an answer: it names the rule, and the connection goes on."""
import pymysql
import pytest

from stack.clients import CommandLine, command_lines, connect, refused, rows

NOT_ALLOWED = (1142, 1143, 1227)


def test_drop_is_refused_naming_the_rule_and_the_next_select_works(gateway, database, bot):
    code, message = refused(bot, "DROP TABLE orders")
    assert code in NOT_ALLOWED and "never" in message and "[postern " in message and "decision=deny" in message
    assert rows(bot, "SELECT COUNT(*) FROM orders") == ((5000,),)
    assert database.value("SELECT COUNT(*) FROM shop.orders") == 5000


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_command_line_prints_the_refusal_and_goes_on(gateway, name):
    done = CommandLine(command_lines()[name], gateway, "bot").pipe("DROP TABLE orders; SELECT COUNT(*) FROM orders;", "--force")
    assert "never" in done.stderr and any(f"ERROR {code} (42000)" in done.stderr for code in NOT_ALLOWED)
    assert done.stdout.strip() == "5000"


@pytest.mark.parametrize("sql", [
    "CREATE TABLE t (a INT)", "ALTER TABLE orders ADD COLUMN z INT", "TRUNCATE TABLE orders", "RENAME TABLE orders TO o2",
    "GRANT ALL ON *.* TO postern_relay", "CREATE USER eve", "SET GLOBAL max_connections = 1", "SHUTDOWN", "FLUSH TABLES",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE notes", "SELECT * FROM orders INTO OUTFILE '/tmp/x'", "CALL something()",
    "PREPARE p FROM 'DROP TABLE orders'", "LOCK TABLES orders WRITE", "DO SLEEP(1)", "HANDLER orders OPEN",
    "SELECT LOAD_FILE('/etc/passwd')", "SELECT * FROM mysql.user", "SELECT 1 FROM hidden.t", "/*!50000 DROP TABLE orders */",
    "SELECT 1 /*!50000 ; DROP TABLE orders */", "SELEC 1", "", ";", "SELECT 'open", "SELECT 1 FROM orders WHERE", "\0",
    "SELECT 1; DROP TABLE orders", "SET sql_mode = 'ANSI_QUOTES'", "SET NAMES gbk", "USE hidden", "USE mysql",
    "KILL 1", "SET PASSWORD = 'x'", "DELETE FROM orders", "INSERT INTO orders SELECT * FROM orders",
    "REPLACE INTO notes (id) VALUES (1)", "UPDATE mysql.user SET User = 'x'", "XA START 'x'",
])
def test_agent_that_may_only_read_is_refused_everything_else(gateway, database, sql):
    connection = connect(gateway, "reader")
    before = database.value("SELECT COUNT(*) FROM shop.orders")
    code, _ = refused(connection, sql)
    assert code not in (2006, 2013), "the connection must live on"
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((before,),)
    connection.close()


def test_default_is_to_deny(gateway):
    connection = connect(gateway, "nobody", database=None)
    code, message = refused(connection, "SELECT COUNT(*) FROM shop.orders")
    assert code in NOT_ALLOWED and "decision=deny" in message
    connection.close()


def test_several_statements_in_one_packet_are_refused(gateway, database):
    with pytest.raises(pymysql.MySQLError):
        rows(connect(gateway, "loader", client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS),
             "UPDATE orders SET status = 'multi' WHERE id = 20; UPDATE orders SET status = 'multi' WHERE id = 21")
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'multi'") == 0


def test_rule_may_let_several_statements_through(gateway, database):
    connection = connect(gateway, "several", client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders SET status = 'several' WHERE id = 22; SELECT COUNT(*) FROM orders")
        assert cursor.rowcount == 1
        assert cursor.nextset() and cursor.fetchall() == ((5000,),)
    connection.close()
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'several'") == 1


def test_several_statements_are_decided_all_or_nothing(gateway, database):
    connection = connect(gateway, "several", client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    code, _ = refused(connection, "UPDATE orders SET status = 'half' WHERE id = 23; DROP TABLE orders")
    assert code in NOT_ALLOWED
    assert database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'half'") == 0
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()


def test_local_infile_is_refused(gateway, database, tmp_path):
    source = tmp_path / "rows"
    source.write_text("1\n")
    connection = connect(gateway, "loader", local_infile=True)
    code, _ = refused(connection, f"LOAD DATA LOCAL INFILE '{source}' INTO TABLE notes (n)")
    assert code not in (2006, 2013)
    assert rows(connection, "SELECT 1 FROM small WHERE id = 1") == ((1,),)
    connection.close()


@pytest.mark.parametrize("sql", [
    "SET NAMES utf8mb4", "SET autocommit = 1", "START TRANSACTION", "COMMIT", "ROLLBACK", "SELECT @@version_comment LIMIT 1",
    "SELECT @@max_allowed_packet", "USE shop", "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
])
def test_what_drivers_send_by_themselves_is_allowed(gateway, sql):
    connection = connect(gateway, "bot")
    rows(connection, sql)
    connection.close()
