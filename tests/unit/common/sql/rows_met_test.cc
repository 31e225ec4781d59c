#include "common/sql/rows_met.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::sql {
namespace {

RowsMet Met(std::string_view text) { return RowsMetBy(text, Dialect{}, 101, 20); }

TEST_CASE("the rows of an update or delete of one table are counted and sampled by its own words") {
  const RowsMet update = Met("UPDATE shop.orders AS o SET o.status = 'x', n = n + 1 WHERE (o.id > 5 AND note = 'a''b') OR id IN (1, 2)");
  CHECK(update.why_not.empty());
  CHECK(update.count ==
        "SELECT COUNT(*) FROM (SELECT 1 FROM shop.orders AS o WHERE (o.id > 5 AND note = 'a''b') OR id IN (1, 2) LIMIT 101) AS postern_rows");
  CHECK(update.sample == "SELECT * FROM shop.orders AS o WHERE (o.id > 5 AND note = 'a''b') OR id IN (1, 2) LIMIT 20");
  CHECK(update.explain == "EXPLAIN SELECT * FROM shop.orders AS o WHERE (o.id > 5 AND note = 'a''b') OR id IN (1, 2)");
  CHECK_FALSE(update.approximate);
  const RowsMet all = Met("DELETE FROM `or``ders`");
  CHECK(all.sample == "SELECT * FROM `or``ders` LIMIT 20");
}

TEST_CASE("a limit of the statement's own bounds what is met, and without an order it is approximate") {
  const RowsMet ordered = Met("DELETE FROM t WHERE a = 1 ORDER BY b DESC, c LIMIT 3");
  CHECK(ordered.sample == "SELECT * FROM t WHERE a = 1 ORDER BY b DESC, c LIMIT 3");
  CHECK(ordered.count == "SELECT COUNT(*) FROM (SELECT 1 FROM t WHERE a = 1 LIMIT 3) AS postern_rows");
  CHECK(ordered.explain == "EXPLAIN SELECT * FROM t WHERE a = 1 ORDER BY b DESC, c LIMIT 3");
  CHECK_FALSE(ordered.approximate);
  const RowsMet loose = Met("UPDATE t SET a = 2 WHERE a = 1 LIMIT 1000");
  CHECK(loose.approximate);
  CHECK(loose.explain == "EXPLAIN SELECT * FROM t WHERE a = 1 LIMIT 1000");
  CHECK(loose.count == "SELECT COUNT(*) FROM (SELECT 1 FROM t WHERE a = 1 LIMIT 101) AS postern_rows");
}

TEST_CASE("what is not certain to be a look at one table's rows has no preview, and says why") {
  for (const char* text : {
           "INSERT INTO t VALUES (1)",
           "UPDATE t, u SET t.a = 1 WHERE t.id = u.id",
           "UPDATE t JOIN u USING (id) SET t.a = 1",
           "DELETE t FROM t JOIN u ON t.id = u.id",
           "DELETE a FROM t AS a WHERE a.id = 1",
           "UPDATE t PARTITION (p0) SET a = 1",
           "WITH c AS (SELECT 1) UPDATE t SET a = 1",
           "UPDATE t SET a = 1 WHERE id = ?",
           "UPDATE t SET a = 1 WHERE id = @x",
           "UPDATE t SET a = 1 WHERE id = @@session.x",
           "UPDATE t SET a = 1 WHERE (@x := id) = 1",
           "UPDATE t SET a = 1 WHERE shop.f(id) = 1",
           "UPDATE t SET a = 1 WHERE f(id) = 1",
           "UPDATE t SET a = 1 WHERE SLEEP(1) = 0",
           "UPDATE t SET a = 1 WHERE LAST_INSERT_ID(5) = id",
           "UPDATE t SET a = 1 WHERE RAND() < 0.5",
           "UPDATE t SET a = 1 WHERE id = (SELECT MAX(id) FROM u)",
           "UPDATE t SET a = 1 ORDER BY f(id) LIMIT 1",
           "SELECT 1",
       }) {
    INFO(text);
    CHECK_FALSE(Met(text).why_not.empty());
    CHECK(Met(text).sample.empty());
  }
}

}  // namespace
}  // namespace postern::sql
