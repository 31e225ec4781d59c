// That a tree's summary tells what a statement says and not how it is written. What summaries look like, goldens show.
#include <catch2/catch.hpp>

#include <string>

#include "golden_corpus.h"

namespace postern::sql {
namespace {

Dialect MariaDb() { return {Vendor::kMariaDb, 101119, {}, Charset::kUtf8mb4}; }

}  // namespace

TEST_CASE("letter case of keywords, blanks and needless quotes are not in the tree") {
  const std::pair<const char*, const char*> pairs[] = {
      {"select a from t where b=1", "SELECT `a`\n FROM  `t` WHERE b = 1"},
      {"SELECT 'a' 'b'", "SELECT 'a'\n'b'"},
      {"SELECT current_timestamp, t . a FROM s.t", "SELECT CURRENT_TIMESTAMP, `t`.`a` FROM `s` . t"},
      {"DROP USER a@h, current_user()", "DROP USER a\t@h, CURRENT_USER ( )"},
      {"SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t LIMIT 10 OFFSET 5"},
      {"SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "set transaction isolation\nlevel read committed"},
      {"SELECT a AND b", "SELECT a && b"},
  };
  for (const auto& [left, right] : pairs) {
    INFO(left << "\n" << right);
    CHECK(TreeOf(left, {}) != "refused");
    CHECK(TreeOf(left, {}) == TreeOf(right, {}));
  }
}

TEST_CASE("what differs in meaning differs in the tree") {
  const std::pair<const char*, const char*> pairs[] = {
      {"SELECT a FROM t JOIN u ON 1", "SELECT a FROM t LEFT JOIN u ON 1"},
      {"SELECT a FROM t LEFT JOIN u ON 1", "SELECT a FROM t RIGHT JOIN u ON 1"},
      {"SELECT a FROM t, u", "SELECT a FROM t JOIN u"},
      {"SELECT DISTINCT a FROM t", "SELECT ALL a FROM t"},
      {"SELECT 1 UNION SELECT 2", "SELECT 1 UNION ALL SELECT 2"},
      {"SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"},
      {"SELECT a DIV b", "SELECT a / b"},
      {"SELECT a LIMIT 5, 10", "SELECT a LIMIT 10, 5"},
      {"SELECT CASE a WHEN b THEN c END", "SELECT CASE WHEN a THEN b ELSE c END"},
      {"SELECT INTERVAL 1 DAY + a", "SELECT INTERVAL 1 HOUR + a"},
      {"SELECT CAST(a AS SIGNED)", "SELECT CAST(a AS CHAR)"},
      {"SELECT NOW()", "SELECT `NOW`()"},
      {"SELECT count(*)", "SELECT count (*)"},
      {"SELECT `a`.`b`", "SELECT `a.b`"},
      {"SELECT `a`", "SELECT 'a'"},
      {"SELECT -1", "SELECT - -1"},
      {"INSERT INTO t VALUES (1)", "INSERT IGNORE INTO t VALUES (1)"},
      {"UPDATE t SET a = 1", "UPDATE IGNORE t SET a = 1"},
      {"KILL 5", "KILL QUERY 5"},
      {"SET x = 1", "SET GLOBAL x = 1"},
      {"SELECT a FROM t", "SELECT a FROM t FOR UPDATE"},
  };
  for (const auto& [left, right] : pairs) {
    INFO(left << "\n" << right);
    CHECK(TreeOf(left, {}) != TreeOf(right, {}));
  }
}

TEST_CASE("a node far down takes no more room than one far up") {
  std::string deep = "1";
  for (int i = 0; i < 5000; ++i) deep += ", a";
  const std::string flat = TreeOf("SELECT 1 IN (" + deep + ")", {});
  deep = "1 IN (" + deep + ")";
  for (int i = 0; i < 80; ++i) deep = "(1 + 2 * " + deep + " = 3 AND 4)";
  const std::string tree = TreeOf("SELECT " + deep, {});
  CHECK(tree != "refused");
  CHECK(tree.size() > flat.size());
  CHECK(tree.size() < 10 * flat.size());
}

TEST_CASE("names quoted with quotation marks are names where the mode says so") {
  Dialect ansi = MariaDb();
  ansi.mode.ansi_quotes = true;
  CHECK(TreeOf("SELECT \"a\" FROM \"t\"", ansi) == TreeOf("SELECT a FROM t", ansi));
  CHECK(TreeOf("SELECT \"a\" FROM t", MariaDb()) != TreeOf("SELECT a FROM t", MariaDb()));
}

}  // namespace postern::sql
