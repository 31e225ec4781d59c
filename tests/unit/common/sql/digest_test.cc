#include <catch2/catch.hpp>

#include "common/sql/read.h"

namespace postern::sql {
namespace {

std::string Text(std::string_view sql) { return DigestOf(sql, Dialect{}).text; }
std::string Print(std::string_view sql) { return DigestOf(sql, Dialect{}).fingerprint; }

}  // namespace

TEST_CASE("a digest keeps the shape and drops the values") {
  CHECK(Text("select  a from t where id=5 -- x") == "SELECT `a` FROM `t` WHERE `id` = ?");
  CHECK(Text("SELECT `a` FROM t WHERE x IN (1, 2, 3)") == "SELECT `a` FROM `t` WHERE `x` IN ( ... )");
  CHECK(Text("INSERT INTO t VALUES (1,'a'),(2,'b'),(3,NULL)") == "INSERT INTO `t` VALUES ( ... ) , ...");
  CHECK(Text("INSERT INTO t VALUES (-1),(2)") == "INSERT INTO `t` VALUES ( ? ) , ...");
  CHECK(Text("SELECT a - 1, b, -1, a IS NULL, @x") == "SELECT `a` - ? , `b` , ? , `a` IS NULL , @x");
}

TEST_CASE("statements that differ only in values share a fingerprint") {
  CHECK(Print("SELECT a FROM t WHERE id = 5") == Print("select `a`\nfrom t where id='x' /* y */"));
  CHECK(Print("SELECT a FROM t WHERE id = 5") != Print("SELECT b FROM t WHERE id = 5"));
  CHECK(Print("INSERT INTO t VALUES (1,2)").size() == 32);
  CHECK(Print("INSERT INTO t VALUES (1,2),(3,4)") == Print("INSERT INTO t VALUES (1,2),(3,4),(5,6)"));
}

TEST_CASE("text that does not lex has no digest") { CHECK(DigestOf("SELECT 'x", Dialect{}).fingerprint.empty()); }

TEST_CASE("a long statement's digest is cut, its fingerprint is not") {
  const Digest cut = DigestOf("SELECT a, b, c, d FROM t", Dialect{}, 8);
  CHECK(cut.text.size() < 20);
  CHECK(cut.fingerprint == Print("SELECT a, b, c, d FROM t"));
}

}  // namespace postern::sql
