"""Every way known to us in which a statement that writes was once taken for one that reads, each in many disguises: comments
in odd places, code in comments, words that hide what follows, quoting that ends where it does not seem to."""

import itertools
import re

QUOTING = re.compile(r"[\\\"`|]|--|@ ")
MODES = ["", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI", "PIPES_AS_CONCAT,IGNORE_SPACE"]

# Statements that do something, to be disguised.
WRITES = [
    "DELETE FROM t1", "UPDATE t1 SET a = 9", "INSERT INTO t1 (a) VALUES (9)", "REPLACE INTO t1 (a) VALUES (9)", "DROP TABLE t1",
    "TRUNCATE t1", "TRUNCATE TABLE t1", "RENAME TABLE t1 TO t99", "CALL p1()", "CALL p1", "ALTER TABLE t1 ADD zz INT",
    "CREATE TABLE t99 (a INT)", "SET GLOBAL max_connections = 99", "GRANT ALL ON *.* TO nobody@localhost",
    "SELECT 1 INTO OUTFILE 'x.txt'", "SELECT 'x' INTO DUMPFILE 'y.txt'", "DROP DATABASE shop", "HANDLER t1 OPEN", "DO f_writes()",
    "SELECT f_writes()", "LOCK TABLES t1 WRITE", "FLUSH TABLES WITH READ LOCK", "CREATE USER zz", "OPTIMIZE TABLE t1",
]
READS = ["SELECT 1", "SELECT a FROM t1", "SHOW TABLES", "SET @v = 1", "BEGIN", "COMMIT", "USE conformance", "EXPLAIN SELECT 1"]

# Code before, after and around a statement. {} is the statement, {1} and {2} are its first word and the rest.
DISGUISES = [
    "{}", "/*x*/ {}", "/**/{}", "-- x\n{}", "--\t\n{}", "#x\n{}", "\n\t\r {}", "/* a */ /* b */ {}", "/*!{}*/", "/*! {} */", "/*!50000 {}*/",
    "/*!50000{}*/", "/*!99999 {}*/", "/*!080000 {} */", "/*!90000 {} */", "/*!100100 {} */", "/*!110000 {}*/", "/*M!{}*/",
    "/*M!100100 {}*/", "/*M!110000 {}*/", "/*m! {} */", "SELECT 1 /*! ; {} */", "SELECT 1; {}", "SELECT 1 ;; {}", ";{}", "{};",
    "{};;", "{}; -- x", "{} /*", "{} -- x", "{} #", "{1}/**/{2}", "{1}/*x*/{2}", "{1}\n{2}", "{1}\t{2}", "{1}\x0b{2}", "{1}\x0c{2}",
    "{1}\u00a0{2}", "{1}\0{2}", "{}\0", "\0{}", "\ufeff{}", "{1}--x\n{2}", "{1} -- \n{2}", "{1}/*!{2}*/", "{1} /*! {2} */",
    "/*!{1}*/ {2}", "({})", "(({}))", "BEGIN; {}; END", "BEGIN NOT ATOMIC {}; END", "IF 1 THEN {}; END IF", "EXPLAIN {}", "DESCRIBE {}",
    "EXPLAIN ANALYZE {}", "ANALYZE {}", "ANALYZE FORMAT=JSON {}", "EXPLAIN FORMAT=JSON INTO @v {}",
    "EXPLAIN FOR SCHEMA shop {}", "SET STATEMENT max_statement_time=1 FOR {}", "PREPARE ps FROM '{}'", 'PREPARE ps FROM "{}"',
    "EXECUTE IMMEDIATE '{}'", "EXECUTE IMMEDIATE @v", "SET @v = '{}'", "SELECT '{}'", 'SELECT "{}"', "SELECT '\\'; {}; -- '",
    "SELECT 'a\\\\'; {}", 'SELECT "a\\"; {}; -- "', "SELECT `a`; {}", "SELECT /* ' */ 1; {} -- '", "SELECT 1 -- '\n; {} -- '",
    "SELECT 1--'\n; {}", "SELECT 1 /* /* */ ; {} */", "SELECT 1 /*!50000 /* x */ ; {} */", "WITH q AS (SELECT 1) {}",
    "WITH q AS ({}) SELECT * FROM q", "SELECT * FROM ({}) AS d", "SELECT ({})", "SELECT 1 WHERE EXISTS ({})", "x: BEGIN {}; END",
    "START TRANSACTION; {}", "$$ {} $$", "DELIMITER // {}", "SELECT 1\\G{}", "\\! {}", "{} UNION SELECT 1", "SELECT 1 UNION {}",
    "TABLE t1; {}", "DO ({})", "CREATE EVENT ev9 ON SCHEDULE EVERY 1 DAY DO {}", "CREATE PROCEDURE p9() {}", "HELP '{}'",
    "/*+ x */ {}", "{1} /*+ MAX_EXECUTION_TIME(100) */ {2}", "{1} /*+ SET_VAR(sql_notes=0) */ {2}", "KILL ({})", "SHOW TABLES WHERE ({})",
]

# Single ones.
SINGLE = [
    "SELECT a INTO/**/OUTFILE 'x.txt' FROM t1", "SELECT a FROM t1 INTO/**/OUTFILE/**/'x.txt'", "SELECT 1 INTO/*!OUTFILE*/'x.txt'",
    "SELECT a INTO @v FROM t1 LIMIT 1", "SELECT a FROM t1 LIMIT 1 INTO @v", "SELECT a FROM t1 FOR UPDATE INTO @v", "TABLE t1 INTO OUTFILE 'x.txt'",
    "VALUES ROW(1) INTO OUTFILE 'x.txt'", "(SELECT 1) INTO OUTFILE 'x.txt'", "(SELECT 1 INTO OUTFILE 'x.txt')", "SELECT 1 UNION SELECT 2 INTO OUTFILE 'x.txt'",
    "SELECT 1 UNION (SELECT 2 INTO OUTFILE 'x.txt')", "WITH q AS (SELECT 1) SELECT * FROM q INTO DUMPFILE 'x.txt'", "EXPLAIN SELECT 1 INTO OUTFILE 'x.txt'",
    "EXPLAIN ANALYZE SELECT f_writes()", "ANALYZE SELECT f_writes()", "EXPLAIN SELECT f_writes()", "EXPLAIN SELECT * FROM (SELECT f_writes()) AS d",
    "DESCRIBE SELECT f_writes()", "SHOW TABLES WHERE f_writes()", "SHOW STATUS WHERE f_writes() = 1", "SHOW VARIABLES WHERE f_writes()",
    "SHOW COLUMNS FROM t1 WHERE f_writes()", "SHOW WARNINGS LIMIT 1", "SET @v = f_writes()", "SET @v := (SELECT f_writes())", "SET autocommit = f_writes()",
    "SET sql_notes = f_writes()", "SET NAMES utf8mb4, @v = f_writes()", "SET @a = 1, @@global.max_connections = 98", "SET @a = 1, GLOBAL max_connections = 97",
    "SET SESSION sql_notes = 1, GLOBAL sql_notes = 0", "SET GLOBAL sql_notes = 1, SESSION sql_notes = 0", "SET @@global.sql_notes = 0", "SET @@GLOBAL . sql_notes = 0",
    "SET @@`global`.sql_notes = 0", "SET `global`.x = 0", "SET PERSIST sql_notes = 0", "SET PERSIST_ONLY sql_notes = 0", "SET @@persist.sql_notes = 0",
    "SET global max_connections := 96", "SET @a=1,persist max_connections=95", "SET max_connections = 94", "SET @@max_connections = 93", "SET GLOBAL general_log = 1",
    "SET GLOBAL general_log_file = 'zz.log'", "SET GLOBAL TRANSACTION READ ONLY", "SET GLOBAL TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET TRANSACTION READ ONLY",
    "SET @@global.transaction_isolation = 'SERIALIZABLE'", "SET hot.key_buffer_size = 1000000", "SET GLOBAL hot.key_buffer_size = 1000000", "SET PASSWORD = 'zz'",
    "SET PASSWORD FOR nobody@localhost = 'zz'", "SET PASSWORD FOR nobody@localhost = PASSWORD('zz')", "SET PASSWORD = PASSWORD('zz')", "SET @a = 1, PASSWORD = 'zz'",
    "SET password = 'zz'", "SET @a = 1, PASSWORD = PASSWORD('')", "SET @a = 1, PASSWORD FOR nobody@localhost = PASSWORD('zz')",
    "SET sql_notes = 1, PASSWORD = PASSWORD('')", "SET @a = 1, ROLE NONE", "SET @a = 1, DEFAULT ROLE NONE", "SET @a = 1, TRANSACTION READ ONLY",
    "SET @a = 1, GLOBAL TRANSACTION READ ONLY", "SET @a = 1, RESOURCE GROUP rg", "SET @a = 1, NAMES latin1", "SET PASSWORD = PASSWORD(''), @a = 1",
    "SET NAMES gbk", "SET NAMES sjis", "SET CHARACTER SET big5", "SET character_set_client = gbk", "SET @@character_set_client = 'cp932'",
    "SET character_set_client = utf16", "SET sql_mode = @x", "SET sql_mode = ''", "SET sql_mode = 'ANSI_QUOTES'", "SET sql_mode = ORACLE", "SET ROLE ALL", "SET ROLE NONE",
    "SET DEFAULT ROLE NONE TO nobody@localhost", "SET DEFAULT ROLE NONE FOR nobody@localhost", "SET RESOURCE GROUP rg", "SET STATEMENT sql_notes = 0 FOR DELETE FROM t1",
    "SET STATEMENT sql_notes = f_writes() FOR SELECT 1", "SET STATEMENT max_statement_time = 1 FOR SELECT f_writes()", "SET GLOBAL read_only = 1", "SET sql_log_bin = 0",
    "SET insert_id = 5", "SET timestamp = 5", "SET SESSION binlog_format = ROW", "SET gtid_next = 'AUTOMATIC'", "SET SESSION sql_log_off = 1", "SET pseudo_thread_id = 5",
    "SELECT NEXT VALUE FOR s", "SELECT NEXTVAL(s)", "SELECT SETVAL(s, 100)", "SELECT PREVIOUS VALUE FOR s", "SELECT LASTVAL(s)", "SELECT NEXTVAL (s)", "SELECT nextval(conformance.s)",
    "SHOW TABLES WHERE NEXTVAL(s)", "SET @v = NEXTVAL(s)", "SELECT * FROM t1 WHERE a = NEXTVAL(s)", "EXPLAIN SELECT NEXTVAL(s)", "ANALYZE SELECT NEXTVAL(s)", "VALUES (NEXTVAL(s))",
    "SELECT DEFAULT(a) FROM t1", "SELECT LAST_INSERT_ID(5)", "SELECT LOAD_FILE('/etc/hostname')", "SELECT `f_writes`()", "SELECT conformance.f_writes()", "SELECT f_writes ()",
    "SELECT f_writes/**/()", "SELECT (SELECT f_writes())", "SELECT 1 FROM t1 ORDER BY f_writes()", "SELECT 1 FROM t1 GROUP BY f_writes()", "SELECT 1 FROM t1 LIMIT 1 OFFSET 0",
    "SELECT 1 FROM t1 HAVING f_writes()", "SELECT SUM(f_writes()) OVER () FROM t1", "SELECT * FROM t1 JOIN t2 ON f_writes()", "SELECT CASE WHEN 1 THEN f_writes() END",
    "SELECT IF(1, f_writes(), 2)", "SELECT {fn f_writes()}", "SELECT {d f_writes()}", "SELECT * FROM JSON_TABLE(f_writes(), '$' COLUMNS (a INT PATH '$')) AS j",
    "WITH q AS (SELECT f_writes()) SELECT * FROM q", "TABLE v1", "SELECT * FROM t1 PROCEDURE ANALYSE()", "SELECT * FROM t1 FOR UPDATE", "SELECT * FROM t1 LOCK IN SHARE MODE",
    "SELECT GET_LOCK('x', 0)", "SELECT SLEEP(0)", "SELECT BENCHMARK(1, f_writes())", "DO SLEEP(0)", "DO f_writes()", "DO 1, f_writes()", "DO GET_LOCK('x', 0)", "HANDLER t1 OPEN",
    "HANDLER t1 READ FIRST", "HANDLER t1 CLOSE", "XA START 'x'", "XA BEGIN 'x'", "XA END 'x'", "XA PREPARE 'x'", "XA COMMIT 'x' ONE PHASE", "XA ROLLBACK 'x'", "XA RECOVER",
    "XA RECOVER CONVERT XID", "LOAD DATA INFILE 'x.txt' INTO TABLE t1", "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t1", "LOAD XML INFILE 'x.txt' INTO TABLE t1",
    "LOAD INDEX INTO CACHE t1", "CACHE INDEX t1 IN DEFAULT", "PREPARE ps FROM @v", "PREPARE ps FROM CONCAT('DELETE FROM ', 't1')", "EXECUTE ps", "EXECUTE ps USING @v",
    "DEALLOCATE PREPARE ps", "DROP PREPARE ps", "BINLOG 'AAAA'", "KILL 4000000001", "KILL QUERY 4000000001", "FLUSH TABLES", "FLUSH PRIVILEGES", "FLUSH LOGS", "FLUSH STATUS",
    "FLUSH HOSTS", "RESET QUERY CACHE", "RESET MASTER", "RESET BINARY LOGS AND GTIDS", "RESET PERSIST", "PURGE BINARY LOGS BEFORE NOW()", "CHECK TABLE t1", "REPAIR TABLE t1",
    "ANALYZE TABLE t1", "ANALYZE TABLE t1 UPDATE HISTOGRAM ON a", "OPTIMIZE TABLE t1", "CHECKSUM TABLE t1", "INSTALL PLUGIN x SONAME 'x.so'", "UNINSTALL PLUGIN x", "CREATE FUNCTION x RETURNS STRING SONAME 'x.so'",
    "START SLAVE", "START REPLICA", "STOP REPLICA", "CHANGE MASTER TO MASTER_HOST='x'", "CHANGE REPLICATION SOURCE TO SOURCE_HOST='x'", "START GROUP_REPLICATION", "CLONE LOCAL DATA DIRECTORY '/nowhere'",
    "LOCK INSTANCE FOR BACKUP", "UNLOCK INSTANCE", "ALTER INSTANCE RELOAD TLS", "ALTER INSTANCE DISABLE INNODB REDO_LOG", "IMPORT TABLE FROM 'x'", "BACKUP STAGE START", "BACKUP LOCK t1",
    "CREATE TEMPORARY TABLE t98 SELECT * FROM t1", "CREATE TABLE t98 AS SELECT 1", "CREATE VIEW v9 AS SELECT 1", "CREATE OR REPLACE VIEW v1 AS SELECT 2", "CREATE TRIGGER tr BEFORE INSERT ON t1 FOR EACH ROW SET @a = 1",
    "GET DIAGNOSTICS @v = NUMBER", "GET DIAGNOSTICS CONDITION f_writes() @v = MESSAGE_TEXT", "SIGNAL SQLSTATE '45000'", "RESIGNAL", "RETURN 1", "HELP 'contents'", "HELP f_writes", "SHUTDOWN x", "RESTART x",
    "SHOW CREATE TABLE t1", "SHOW PROFILES", "SHOW PROFILE", "SHOW ENGINE INNODB STATUS", "SHOW ENGINE INNODB MUTEX", "SHOW PARSE_TREE SELECT 1", "SHOW PARSE_TREE DELETE FROM t1", "SHOW EXPLAIN FOR 1", "SHOW ANALYZE FOR 1",
    "EXPLAIN FOR CONNECTION 1", "EXPLAIN FORMAT=JSON INTO @v SELECT 1", "EXPLAIN INTO @v SELECT 1", "EXPLAIN FORMAT=JSON INTO @v DELETE FROM t1", "EXPLAIN FORMAT=JSON INTO @v FOR SCHEMA shop SELECT 1",
    "COMMIT AND CHAIN", "COMMIT RELEASE", "ROLLBACK RELEASE", "ROLLBACK AND CHAIN NO RELEASE", "START TRANSACTION READ ONLY", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE", "BEGIN WORK", "BEGIN", "SAVEPOINT s",
    "SELECT 1 AS `; DELETE FROM t1`", "SELECT `/*`, 1 AS `*/`", "SELECT 1 /*!, f_writes() */", "SELECT 1 /*!50000, f_writes() */", "SELECT 1 /*!99999, f_writes() */", "SELECT 1 /*M!, f_writes() */", "SELECT /*!50000 1,*/ 2",
    "SELECT 1 /*!50000 INTO OUTFILE 'x.txt' */", "SELECT 1 /*!500001 + 1 */", "SELECT 1 /*!5000011 + 1 */", "SELECT 1 /*!0500011 + 1 */", "SELECT 1/*!*/+1", "SELECT 1 /*!50000/* nested */ + 1 */", "SELECT 1 /*! /*! + 1 */ */",
    "SELECT _gbk'\\'", "SELECT _gbk 0xbf27", "SELECT _sjis'a\\'", "SELECT _big5'x', 1", "SELECT n'x', N'y', x'41', X'41', b'1', 0b1, 0x41", "SELECT 'a' 'b' \"c\"", "SELECT 'a'\n'b'", "SELECT 1e", "SELECT 1e1, 1.e1, .1e1, 1e+1, 1e-",
    "SELECT 0xZ", "SELECT 0x", "SELECT x'4'", "SELECT 1a", "SELECT 1a FROM t1", "SELECT t1.1a FROM t1", "SELECT t1.a, .5, t1 . a, t1 .a FROM t1", "SELECT .t1.a FROM t1", "SELECT @a, @'b', @`c`, @\"d\", @a.b, @@a", "SELECT @ a",
    "SELECT @@ version", "SELECT @@version, @@global.version, @@session.sql_mode, @@local.sql_mode", "SELECT @v := 1, @w := f_writes()", "SELECT @v=1", "SELECT 1 := 2", "SELECT a FROM t1 WHERE a = 1 --1", "SELECT 5--1", "SELECT 5-- 1",
    "SELECT 'x' LIKE 'x' ESCAPE '\\\\'", "SELECT 'x' || 'y'", "SELECT 1 || 0", "SELECT NOT 1 BETWEEN 0 AND 2", "SELECT !1 = 0", "SELECT \"a\" FROM t1", "SELECT 'a\\' OR 1=1 -- '", "SELECT \"a\\\" OR 1=1 -- \"", "SELECT `a\\` FROM t1", "SELECT 'a''b', \"a\"\"b\", `a```",
    "SELECT count(*), count (*), COUNT/**/(*) FROM t1", "SELECT now (), now/**/()", "SELECT abs (1), abs(1)", "SELECT concat ('a')", "SELECT sum (a) FROM t1", "SELECT max(a), max (a) FROM t1", "SELECT trim (' a ')",
]


# What may stand before a statement and run it, explain it or hide it; two and three of them in a row.
PREFIXES = [
    "EXPLAIN ", "DESCRIBE ", "EXPLAIN EXTENDED ", "EXPLAIN FORMAT=JSON ", "EXPLAIN ANALYZE ", "ANALYZE ", "ANALYZE FORMAT=JSON ", "BEGIN ",
    "SET STATEMENT sql_notes=0 FOR ", "EXPLAIN FOR SCHEMA shop ", "PREPARE ps FROM ",
    "EXPLAIN FORMAT=JSON INTO @v ", "WITH q AS (SELECT 1) ", "/*!50000 EXPLAIN */ ", "/*! ANALYZE */ ", "/*M! SET STATEMENT sql_notes=0 FOR */ ",
]


def _stacked():
    for one, two in itertools.product(PREFIXES, repeat=2):
        for statement in WRITES[:5] + WRITES[12:15] + READS[1:4]:
            yield one + two + statement
    for stack in itertools.product(["EXPLAIN ", "ANALYZE ", "SET STATEMENT sql_notes=0 FOR "], repeat=3):
        for statement in WRITES[:4]:
            yield "".join(stack) + statement


def _filled(disguise, statement):
    first, _, rest = statement.partition(" ")
    return disguise.replace("{1}", first).replace("{2}", rest).replace("{}", statement)


def statements(vendor, sql_mode):
    """Distinct ones; all of them in the server's own mode, those about quoting in the others."""
    del vendor  # what only one takes the other must refuse
    if sql_mode:
        quoting = [d for d in DISGUISES if QUOTING.search(d)]
        moded = [s for s in SINGLE if QUOTING.search(s) or " (" in s]
        return list(dict.fromkeys(moded + [_filled(d, w) for d in quoting for w in WRITES[:4]]))
    disguised = [_filled(d, w) for d in DISGUISES for w in WRITES + READS]
    return list(dict.fromkeys(SINGLE + disguised + list(_stacked())))
