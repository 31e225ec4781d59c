// The door: one statement or a typed refusal; batches; the ways around that are known from elsewhere.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "common/sql/read.h"

namespace postern::sql {
namespace {

using namespace std::string_literals;

const Dialect kMySql{.vendor = Vendor::kMySql, .version = 90704};
const Dialect kMariaDb{.vendor = Vendor::kMariaDb, .version = 101119};

ParseErrorKind KindOf(const std::string& text, const Dialect& dialect = kMySql, const Limits& limits = {}) {
  const Reading reading = Read(text, dialect, limits);
  REQUIRE_FALSE(reading.ok());
  return reading.error->kind;
}

std::string Repeat(const std::string& piece, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("disguised statements are what they are") {
  struct Row {
    std::string text;
    Verb verb;
  };
  const Row rows[] = {
      {"/*x*/ DELETE FROM t", Verb::kDelete},
      {"-- x\nDELETE FROM t", Verb::kDelete},
      {"/*!50000 DROP*/ TABLE t", Verb::kDropTable},
      {"/*! DROP */ /*! TABLE */ t", Verb::kDropTable},
      {"DR/*x*/OP", Verb::kUnknown},
      {"dElEtE\nfRoM\tt", Verb::kDelete},
      {"WITH x AS (SELECT 1) DELETE FROM t", Verb::kDelete},
      {"WITH x AS (SELECT 1) UPDATE t SET a=1", Verb::kUpdate},
      {"REPLACE t VALUES (1)", Verb::kReplace},
      {"RENAME TABLE a TO b", Verb::kRenameTable},
      {"HANDLER t OPEN", Verb::kHandler},
      {"SET GLOBAL general_log = 1", Verb::kSetGlobal},
      {"SET @@global.general_log = 1", Verb::kSetGlobal},
      {"SET autocommit=1, GLOBAL general_log = 1", Verb::kSetGlobal},
      {"SET PERSIST max_connections = 1", Verb::kSetGlobal},
      {"PREPARE s FROM 'DROP TABLE t'", Verb::kPrepare},
      {"EXPLAIN DELETE FROM t", Verb::kExplain},
      {"((SELECT 1))", Verb::kSelect},
      {"TABLE t", Verb::kTable},
      {"LOAD DATA LOCAL INFILE 'x' INTO TABLE t", Verb::kLoad},
      {"DO SLEEP(1)", Verb::kDo},
      {"TRUNCATE t", Verb::kTruncate},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Reading reading = Read(row.text, kMySql);
    CHECK(reading.ok() == (row.verb != Verb::kUnknown));
    if (reading.ok()) CHECK(reading.facts.verb == row.verb);
  }
}

TEST_CASE("a select that does more is no plain read") {
  for (const std::string& text : std::vector<std::string>{"SELECT a INTO/**/OUTFILE '/tmp/x' FROM t", "SELECT a INTO DUMPFILE '/tmp/x' FROM t",
                                 "SELECT my_function(a) FROM t", "SELECT shop.now()", "SELECT LOAD_FILE('/etc/passwd')",
                                 "SELECT LAST_INSERT_ID(5)", "SELECT `count`(1)", "SELECT count (1)",
                                 "EXPLAIN ANALYZE SELECT f(1)"}) {
    INFO(text);
    const Reading reading = Read(text, kMySql);
    REQUIRE(reading.ok());
    CHECK(reading.facts.group == VerbGroup::kWrite);
    CHECK_FALSE(reading.facts.session.harmless_startup);
  }
  const Reading next = Read("SELECT NEXT VALUE FOR s", kMariaDb);
  REQUIRE(next.ok());
  CHECK(next.facts.group == VerbGroup::kWrite);
}

TEST_CASE("one statement is one statement") {
  CHECK(Read("SELECT 1;", kMySql).ok());
  CHECK(Read("SELECT 1 ; ;; -- x", kMySql).ok());
  CHECK(Read("SELECT 1\0"s, kMySql).ok());
  CHECK(KindOf("SELECT 1; DROP TABLE t") == ParseErrorKind::kMultipleStatements);
  CHECK(KindOf("SELECT 1; /*! DROP TABLE t */") == ParseErrorKind::kMultipleStatements);
  CHECK(KindOf("SELECT 1 DROP TABLE t") == ParseErrorKind::kSyntax);
  CHECK(KindOf("SELECT 1;\0DROP TABLE t"s) == ParseErrorKind::kNulByte);
  CHECK(KindOf("") == ParseErrorKind::kEmpty);
  CHECK(KindOf("-- only a comment") == ParseErrorKind::kEmpty);
  CHECK(KindOf(";") == ParseErrorKind::kSyntax);
  CHECK(KindOf("; SELECT 1") == ParseErrorKind::kSyntax);
  CHECK(KindOf("/*! ; */ SELECT 1") == ParseErrorKind::kSyntax);
}

TEST_CASE("a refusal says where, what and what would have fitted") {
  const Reading reading = Read("SELECT a FORM t", kMySql);
  REQUIRE_FALSE(reading.ok());
  CHECK(reading.error->offset == 14);
  CHECK(reading.error->found == "'t'");
  CHECK(reading.error->hint == Verb::kSelect);
  CHECK(reading.error->ToString() == "unexpected 't' at byte 14, expected end of statement");

  const Reading drop = Read("DROP TABLE", kMySql);
  REQUIRE_FALSE(drop.ok());
  CHECK(drop.error->hint == Verb::kDropTable);
  CHECK(drop.error->found == "end of statement");
}

TEST_CASE("the mysql client's question about dollar quotes is recognised") {
  CHECK(KindOf("select $$") == ParseErrorKind::kDollarProbe);
  CHECK(KindOf("select $$ from t") == ParseErrorKind::kDollarQuote);
  CHECK(KindOf("select $$x$$") == ParseErrorKind::kDollarQuote);
}

TEST_CASE("limits hold whatever the shape") {
  Limits limits;
  limits.max_bytes = 10;
  CHECK(KindOf("SELECT 1, 2, 3", kMySql, limits) == ParseErrorKind::kTooLong);
  limits = {};
  limits.max_tokens = 5;
  CHECK(KindOf("SELECT 1, 2, 3, 4, 5", kMySql, limits) == ParseErrorKind::kTooManyTokens);
  for (const std::string& text : std::vector<std::string>{
           "SELECT " + Repeat("(", 5000) + "1" + Repeat(")", 5000),
           "SELECT " + Repeat("NOT ", 5000) + "1",
           "SELECT " + Repeat("- ", 5000) + "1",
           "SELECT " + Repeat("f(", 5000) + "1" + Repeat(")", 5000),
           "SELECT " + Repeat("CASE WHEN 1 THEN ", 5000) + "1" + Repeat(" END", 5000),
           "SELECT 1" + Repeat(" IS NULL", 5000),
           "SELECT a" + Repeat(" COLLATE x", 5000),
           "SELECT 1" + Repeat(" BETWEEN 1 AND 1", 5000),
           "SELECT " + Repeat("(SELECT ", 5000) + "1" + Repeat(")", 5000),
           "SELECT * FROM " + Repeat("(", 5000) + "t" + Repeat(")", 5000),
           Repeat("(", 5000) + "SELECT 1" + Repeat(")", 5000),
           "SELECT " + Repeat("INTERVAL (", 5000) + "1" + Repeat(") DAY", 5000),
           "SELECT " + Repeat("@a := ", 5000) + "1",
           Repeat("EXPLAIN ", 5000) + "SELECT 1",
       }) {
    INFO(text.substr(0, 40));
    const ParseErrorKind kind = KindOf(text);
    CHECK((kind == ParseErrorKind::kTooDeep || kind == ParseErrorKind::kSyntax));
  }
}

// `operand` in parentheses with what follows, again and again.
static std::string Nested(int levels, const std::string& before, const std::string& behind) {
  std::string text = "1";
  for (int i = 0; i < levels; ++i) text = before + text + behind;
  return text;
}

TEST_CASE("operators stacked on each level of nesting make no tree deeper than the limit lets be") {
  for (const Dialect& dialect : {kMySql, kMariaDb}) {
    const std::string stack = Repeat(" COLLATE x", 150) + Repeat(" IS NULL", 150);
    CHECK(KindOf("SELECT " + Nested(150, "(", stack + ")"), dialect) == ParseErrorKind::kTooDeep);
    const std::string every = "(1 + 2 * 3 ^ 4 | 5 & 6 << ";
    const std::string kind = " COLLATE x IN (1) IS NULL = 2 IS TRUE AND 1 XOR 2 OR 3)";
    const Reading reading = Read("SELECT " + Nested(90, every, kind), dialect);
    CHECK(reading.ok());
  }
  CHECK(KindOf("SELECT " + Nested(150, "(", Repeat(" IN (1)", 150) + Repeat(" IS TRUE", 150) + ")"), kMariaDb) ==
        ParseErrorKind::kTooDeep);
}

TEST_CASE("length without depth is fine") {
  for (const std::string& text : std::vector<std::string>{
           "SELECT 1" + Repeat(" + 1", 50000),
           "SELECT 1 FROM t WHERE a = 1" + Repeat(" OR a = 1", 50000),
           "SELECT 1" + Repeat(" UNION SELECT 1", 10000),
           "SELECT * FROM t" + Repeat(" JOIN t", 10000),
           "SELECT 1 FROM t WHERE a IN (1" + Repeat(", 1", 100000) + ")",
           "INSERT INTO t VALUES (1, 'x')" + Repeat(", (1, 'x')", 100000),
           "SELECT " + Repeat("f(1), ", 20000) + "1",
           "SELECT " + Repeat("a, ", 5000) + "1 FROM t" + Repeat(", t", 5000),
           "WITH w AS (SELECT " + Repeat("a, ", 3000) + "b FROM t) SELECT " + Repeat("x, ", 3000) + "1 FROM w" +
               Repeat(", w", 3000),
           "SELECT * FROM t" + Repeat(" NATURAL JOIN t", 5000),
           "UPDATE t" + Repeat(", t", 5000) + " SET " + Repeat("t.a = b, ", 5000) + "c = 1",
       }) {
    INFO(text.substr(0, 60));
    CHECK(Read(text, kMySql).ok());
  }
}

TEST_CASE("columns that would cost too much to follow are cut, and the facts say so") {
  const Reading reading = Read("SELECT " + Repeat("a, ", 5000) + "1 FROM t" + Repeat(", t", 5000), kMySql);
  REQUIRE(reading.ok());
  CHECK(reading.facts.columns_cut);
  CHECK(reading.facts.objects.size() == 1);
  CHECK_FALSE(Read("SELECT a FROM t", kMySql).facts.columns_cut);
}

TEST_CASE("the tree of a statement is bounded whatever its text") {
  Limits limits;
  limits.max_tree_bytes = 1 << 20;
  CHECK(KindOf("SELECT " + Repeat("a,", 100000) + "a", kMySql, limits) == ParseErrorKind::kTooManyTokens);
  CHECK(Read("INSERT INTO t VALUES (1)" + Repeat(",(1)", 100000), kMySql, limits).ok());
}

TEST_CASE("canonical text drops comments and keeps every other byte") {
  struct Row {
    std::string text;
    std::string mysql;
    std::string mariadb;
  };
  const Row rows[] = {
      {" SELECT  1 ; ", "SELECT  1", "SELECT  1"},
      {"SELECT/*a*/1", "SELECT 1", "SELECT 1"},
      {"SELECT 'a/*b*/', \"-- c\" -- d", "SELECT 'a/*b*/', \"-- c\"", "SELECT 'a/*b*/', \"-- c\""},
      {"SELECT /*!50701 1, */ 2", "SELECT 1, 2", "SELECT 2"},
      {"SELECT 1 # x\n, 2", "SELECT 1 , 2", "SELECT 1 , 2"},
      {"SELECT /*+ NO_BNL() */ 1 /*+ x */", "SELECT /*+ NO_BNL() */ 1", "SELECT 1"},
      {"SELECT 1-/**/-1", "SELECT 1- -1", "SELECT 1- -1"},
      {"SELECT a/**/.b FROM t", "SELECT a .b FROM t", "SELECT a .b FROM t"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(Read(row.text, kMySql).canonical.view() == row.mysql);
    CHECK(Read(row.text, kMariaDb).canonical.view() == row.mariadb);
  }
  CHECK(Read("SELECT 1", kMySql).canonical.is_view());
}

TEST_CASE("a comment whose loss would change the tokens is refused") {
  Dialect dialect = kMySql;
  dialect.mode.ignore_space = true;
  CHECK(KindOf("SELECT count/**/(a) FROM t", dialect) == ParseErrorKind::kAmbiguousComment);
}

TEST_CASE("a batch is read whole or not at all") {
  const BatchReading batch = ReadBatch("SELECT 1; DELETE FROM t;", kMySql);
  REQUIRE(batch.ok());
  REQUIRE(batch.statements.size() == 2);
  CHECK(batch.statements[1].facts.verb == Verb::kDelete);
  CHECK(batch.statements[1].canonical.view() == "DELETE FROM t");
  CHECK(batch.statements[1].offset == 10);

  const BatchReading broken = ReadBatch("SELECT 1; DELETE FORM t", kMySql);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.statements.empty());
  CHECK(broken.error->offset == 22);
  CHECK_FALSE(ReadBatch("  ;; ", kMySql).ok());

  // Nobody knows by which mode the server would read what follows these.
  CHECK_FALSE(ReadBatch("EXECUTE s; SELECT 'a'", kMySql).ok());
  CHECK_FALSE(ReadBatch("EXECUTE IMMEDIATE 'SET sql_mode = ANSI'; SELECT 'a'", kMariaDb).ok());
  CHECK_FALSE(ReadBatch("SET STATEMENT sql_mode = 'ANSI' FOR SELECT 1; SELECT 'a'", kMariaDb).ok());
  CHECK(ReadBatch("PREPARE s FROM 'SELECT 1'; EXECUTE s;", kMySql).ok());

  Limits limits;
  limits.max_statements = 2;
  CHECK(ReadBatch("SELECT 1; SELECT 2;", kMySql, limits).ok());
  CHECK(ReadBatch("SELECT 1; SELECT 2; SELECT 3", kMySql, limits).error->kind == ParseErrorKind::kTooManyStatements);
}

TEST_CASE("in a batch each statement is read under the mode that holds when it runs") {
  const BatchReading followed = ReadBatch("SET sql_mode='ANSI_QUOTES'; SELECT \"a\" FROM t", kMySql);
  REQUIRE(followed.ok());
  const BatchReading strings = ReadBatch("SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE t; -- '", kMySql);
  REQUIRE(strings.ok());
  CHECK(strings.statements.size() == 3);
  CHECK_FALSE(ReadBatch("SET sql_mode=@x; SELECT 1", kMySql).ok());
  CHECK_FALSE(ReadBatch("SET NAMES gbk; SELECT 1", kMySql).ok());
}

TEST_CASE("rows of literals are passed quickly and nothing among them is missed") {
  const std::string rows = "INSERT INTO t VALUES (1, 'a'), (-2.5, NULL),\n('), (f(1', 'it''s \\' x'), ";
  const Reading call = Read(rows + "(shop.f(1), 2), (3, 4)", kMySql);
  REQUIRE(call.ok());
  REQUIRE(call.facts.functions.size() == 1);
  CHECK(call.facts.functions[0].name == "f");
  const Reading query = Read(rows + "((SELECT a FROM secrets LIMIT 1), 2)", kMySql);
  REQUIRE(query.ok());
  CHECK(query.facts.objects.size() == 2);
  CHECK(Read(rows + "/* x */ (1, 2)", kMySql).canonical.view() == rows + "(1, 2)");
  CHECK_FALSE(Read(rows + "(1, 2); DROP TABLE t", kMySql).ok());
  CHECK_FALSE(Read(rows + "(1, 2", kMySql).ok());
  Dialect plain = kMySql;
  plain.mode.no_backslash_escapes = true;
  CHECK(Read("INSERT INTO t VALUES ('\\'), (f(1)), ('x')", plain).facts.functions.size() == 1);
  CHECK(Read("INSERT INTO t VALUES ('\\'), (f(1)), ('x')", kMySql).ok() == false);
}

TEST_CASE("vendors differ") {
  CHECK(Read("WITH x AS (SELECT 1) DELETE FROM t", kMySql).ok());
  CHECK_FALSE(Read("WITH x AS (SELECT 1) DELETE FROM t", kMariaDb).ok());
  CHECK(Read("INSERT INTO t VALUES (1) RETURNING a", kMariaDb).ok());
  CHECK_FALSE(Read("INSERT INTO t VALUES (1) RETURNING a", kMySql).ok());
  CHECK(Read("SELECT rank FROM t", kMariaDb).ok());
  CHECK_FALSE(Read("SELECT rank FROM t", kMySql).ok());
}

TEST_CASE("names may be words where the server lets them") {
  for (const std::string& text : std::vector<std::string>{"SELECT id, name, status, date, type, value, user, comment FROM orders",
                                 "SELECT t.order, t.group, t.key FROM t", "SELECT `select` FROM `table`",
                                 "INSERT INTO data (level, text, time) VALUES (1, 2, 3)", "SELECT 1 AS password"}) {
    INFO(text);
    CHECK(Read(text, kMySql).ok());
  }
  CHECK_FALSE(Read("SELECT order FROM t", kMySql).ok());
}

}  // namespace postern::sql
