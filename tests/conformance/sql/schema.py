"""What lies on the scratch server before each run: a schema whose tables have the names and columns that tests of MySQL
like to use, so that as many statements as possible really run, and an account that may do nothing."""

SCHEMA, NOBODY = "conformance", "nobody"
COLUMNS = ("id INT PRIMARY KEY AUTO_INCREMENT, a INT, b INT, c VARCHAR(40), d INT, e INT, f INT, i INT, j INT, k INT, s1 INT, "
           "f1 INT, f2 INT, c1 INT, c2 INT, col1 INT, pk INT, x INT, y INT, z INT, n INT, v VARCHAR(40), name VARCHAR(40), "
           "KEY(a), KEY ka (k)")
TABLES = ["t", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "u", "w", "orders", "customers", "items", "test", "t11", "t12"]


def statements(vendor):
    yield f"DROP DATABASE IF EXISTS {SCHEMA}"
    yield "DROP DATABASE IF EXISTS shop"
    for schema in (SCHEMA, "shop"):
        yield f"CREATE DATABASE {schema} CHARACTER SET utf8mb4"
    yield f"USE {SCHEMA}"
    for table in TABLES:
        yield f"CREATE TABLE {table} ({COLUMNS}) ENGINE=InnoDB"
        yield f"INSERT INTO {table} (a, b, c, k, name) VALUES (1, 2, 'x', 4, 'n'), (2, 3, 'y', 5, 'o'), (3, 4, 'z', 6, 'p')"
    yield f"CREATE TABLE shop.orders LIKE {SCHEMA}.orders"
    yield f"CREATE TABLE shop.customers LIKE {SCHEMA}.orders"
    yield "CREATE TABLE shop.witness (a INT) ENGINE=InnoDB"
    yield "CREATE VIEW v1 AS SELECT id, a, b FROM t6"
    yield "CREATE PROCEDURE p1() INSERT INTO t6 (a) VALUES (9)"
    yield "CREATE FUNCTION f_writes() RETURNS INT DETERMINISTIC BEGIN INSERT INTO t6 (a) VALUES (9); RETURN 1; END"
    yield f"DROP USER IF EXISTS {NOBODY}@localhost"
    yield f"CREATE USER {NOBODY}@localhost"
    yield f"GRANT REFERENCES ON {SCHEMA}.* TO {NOBODY}@localhost"
    if vendor == "mariadb":
        yield "CREATE SEQUENCE s"


def prepare(session):
    """Lays it out anew. Another schema that a statement made goes."""
    session.schema = None
    session.reset()
    kept = {"mysql", "sys", "information_schema", "performance_schema"}
    for (name,) in session.rows("SHOW DATABASES"):
        if name.lower() not in kept:
            session.run("DROP DATABASE `" + name.replace("`", "``") + "`")
    for sql in statements(session.scratch.vendor):
        session.rows(sql)
    session.schema = SCHEMA
    session.reset()
