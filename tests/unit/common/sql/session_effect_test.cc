// What drivers send to start up, and what would move the state that reading depends on.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "common/sql/read.h"

namespace postern::sql {
namespace {

const Dialect kMySql{.vendor = Vendor::kMySql, .version = 90704};
const Dialect kMariaDb{.vendor = Vendor::kMariaDb, .version = 101119};

Facts FactsOf(const std::string& text, const Dialect& dialect = kMySql) {
  const Reading reading = Read(text, dialect);
  INFO(text);
  if (!reading.ok()) FAIL(reading.error->ToString());
  return reading.facts;
}

}  // namespace

TEST_CASE("what drivers send to start up is harmless") {
  for (const std::string& text : std::vector<std::string>{
           // command lines
           "select @@version_comment limit 1", "select USER()", "SELECT DATABASE()", "select @@version, @@version_comment",
           // PyMySQL, SQLAlchemy, Django
           "SET AUTOCOMMIT = 0", "SET NAMES utf8mb4", "SELECT VERSION()", "SELECT CAST('test plain returns' AS CHAR(60)) AS anon_1",
           "SELECT @@transaction_isolation", "SELECT @@sql_mode", "SELECT @@lower_case_table_names",
           "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET SQL_AUTO_IS_NULL = 0",
           "SELECT VERSION(), @@sql_mode, @@default_storage_engine, @@sql_auto_is_null, @@lower_case_table_names, "
           "CONVERT_TZ('2001-01-01 01:00:00', 'UTC', 'UTC') IS NOT NULL",
           // mysql2, go-sql-driver
           "SELECT 1", "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci", "SELECT @@max_allowed_packet",
           "SET time_zone = '+00:00'", "START TRANSACTION READ ONLY", "SELECT CONNECTION_ID()",
           // Connector/J
           "SELECT  @@session.auto_increment_increment AS auto_increment_increment, @@character_set_client AS "
           "character_set_client, @@collation_server AS collation_server, @@init_connect AS init_connect FROM DUAL",
           "SET character_set_results = NULL", "SET autocommit=1", "SELECT @@session.transaction_read_only",
           "SHOW WARNINGS", "SET sql_select_limit=DEFAULT", "SHOW VARIABLES LIKE 'sql_mode'", "SET net_write_timeout=600",
           "ROLLBACK", "COMMIT", "BEGIN", "SAVEPOINT `a`", "RELEASE SAVEPOINT `a`", "ROLLBACK TO SAVEPOINT `a`", "USE shop",
           // MariaDB Connector/J
           "set autocommit=1, session_track_schema=1, sql_mode = concat(@@sql_mode,',STRICT_TRANS_TABLES')",
           // Rails
           "SET  @@SESSION.sql_mode = CONCAT(CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), ',NO_AUTO_VALUE_ON_ZERO'),  "
           "@@SESSION.sql_auto_is_null = 0, @@SESSION.wait_timeout = 2147483",
           "SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
       }) {
    INFO(text);
    CHECK(FactsOf(text).session.harmless_startup);
    CHECK_FALSE(FactsOf(text).session.moves_pinned_state);
  }
}

TEST_CASE("what only resembles start-up is not") {
  for (const std::string& text : std::vector<std::string>{
           "SELECT 1 FROM t", "SELECT @@version INTO OUTFILE '/tmp/x'", "SELECT SLEEP(1)", "SELECT f()",
           "SELECT (SELECT a FROM t)", "SET @a = (SELECT a FROM t)", "SET GLOBAL wait_timeout = 1", "SET foreign_key_checks = 0",
           "SET time_zone = f()", "SHOW PROCESSLIST", "SHOW TABLES", "SHOW VARIABLES WHERE f(1)", "SELECT @@secure_file_priv",
           "SELECT /*+ SET_VAR(sql_mode='') */ 1", "SELECT 1 FOR UPDATE", "XA START 'a'", "LOCK TABLES t READ",
           "SELECT @a := 1 INTO @b", "PREPARE s FROM 'SELECT 1'", "EXPLAIN SELECT 1", "SET GLOBAL TRANSACTION READ ONLY",
           "SET sql_log_bin = 0", "SELECT 1 UNION SELECT 2", "SELECT (SELECT 1)",
           "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 999) SELECT COUNT(*) FROM n a, n b, n c",
           "SET @a = (SELECT 1)", "SELECT 1 FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH '$')) j", "SELECT ?", "DO GET_LOCK('a', 1)",
       }) {
    INFO(text);
    CHECK_FALSE(FactsOf(text).session.harmless_startup);
  }
}

TEST_CASE("a character set we can read is followed, any other is refused") {
  CHECK(FactsOf("SET NAMES latin1").session.charset == Charset::kLatin1);
  CHECK(FactsOf("SET NAMES 'utf8'").session.charset == Charset::kUtf8mb3);
  CHECK(FactsOf("SET NAMES binary").session.charset == Charset::kBinary);
  CHECK(FactsOf("SET CHARACTER SET ascii").session.charset == Charset::kAscii);
  CHECK(FactsOf("SET character_set_client = utf8mb4").session.charset == Charset::kUtf8mb4);
  CHECK(FactsOf("SET NAMES utf8mb4 COLLATE utf8mb4_bin").session.collation == "utf8mb4_bin");
  for (const std::string& text : std::vector<std::string>{"SET NAMES gbk", "SET NAMES DEFAULT", "SET CHARACTER SET sjis", "SET character_set_client = gbk",
        "SET character_set_client = @x", "SET character_set_client = DEFAULT", "SET @@character_set_client = CONCAT('g', 'bk')",
        "SET NAMES utf8mb4, character_set_client = big5", "SET collation_connection = gbk_chinese_ci",
        "SET character_set_results = ucs2", "SET SESSION character_set_connection = @@character_set_server"}) {
    INFO(text);
    CHECK(FactsOf(text).session.moves_pinned_state);
    CHECK_FALSE(FactsOf(text).session.harmless_startup);
  }
}

TEST_CASE("a sql_mode we can work out is told, any other is refused") {
  CHECK(FactsOf("SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'").session.sql_mode->ansi_quotes);
  CHECK(FactsOf("SET sql_mode = 'STRICT_ALL_TABLES'").session.sql_mode == SqlMode{});
  CHECK(FactsOf("SET sql_mode = ''").session.sql_mode == SqlMode{});
  CHECK(FactsOf("SET sql_mode = ANSI").session.sql_mode->pipes_as_concat);
  CHECK(FactsOf("SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')").session.sql_mode->no_backslash_escapes);
  CHECK(FactsOf("SET sql_mode = REPLACE(@@sql_mode, 'ONLY_FULL_GROUP_BY', '')").session.sql_mode == SqlMode{});
  for (const std::string& text : std::vector<std::string>{
           "SET sql_mode = @x", "SET sql_mode = DEFAULT", "SET sql_mode = 4", "SET sql_mode = CONCAT('ANSI_QU', 'OTES')",
           "SET sql_mode = REPLACE(REPLACE(@@sql_mode, '_TABLES,NO_ZERO_', ''), 'N_DATE', '')",
           "SET sql_mode = REPLACE(@@sql_mode, ',NO_ZERO_DATE,', '')", "SET sql_mode = REPLACE('ANSI_NO_ZERO_DATEQUOTES', 'NO_ZERO_DATE', '')",
           "SET sql_mode = CONCAT(@@sql_mode, 'X')", "SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')",
           "SET sql_mode = REPLACE(@@sql_mode, 'STRICT', 'ANSI')", "SET sql_mode = @@global.sql_mode",
           "SET sql_mode = 'NONSENSE'", "SET sql_mode = 'ANSI' '_QUOTES'", "SET sql_mode = 0x414e5349",
           "SET sql_mode = _utf8mb4'ANSI'", "SET sql_mode = '', sql_mode = CONCAT(@@sql_mode, ',ANSI')",
           "SET session_track_system_variables = ''", "SET @@session.session_track_schema = OFF",
       }) {
    INFO(text);
    CHECK(FactsOf(text).session.moves_pinned_state);
    CHECK_FALSE(FactsOf(text).session.harmless_startup);
  }
  CHECK(FactsOf("SET sql_mode = 'ORACLE'", kMariaDb).session.moves_pinned_state);
  CHECK_FALSE(FactsOf("SET sql_mode = 'ANSI_QUOTES'").session.harmless_startup);
}

TEST_CASE("a scope holds for the variables behind it") {
  const Facts facts = FactsOf("SET GLOBAL wait_timeout = 1, net_write_timeout = 2");
  CHECK(facts.verb == Verb::kSetGlobal);
  for (const VariableUse& use : facts.variables) CHECK(use.scope == VariableScope::kGlobal);
  CHECK(FactsOf("SET @@global.a.b = 1, @@c = 2").variables[1].scope == VariableScope::kSession);
}

TEST_CASE("autocommit is told") {
  CHECK(FactsOf("SET autocommit = 0").session.autocommit == false);
  CHECK(FactsOf("SET @@session.autocommit = ON").session.autocommit == true);
  CHECK_FALSE(FactsOf("SET autocommit = @x").session.autocommit.has_value());
}

}  // namespace postern::sql
