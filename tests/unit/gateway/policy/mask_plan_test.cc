#include <catch2/catch.hpp>

#include "common/sql/read.h"
#include "gateway/policy/load_rules.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/masks.h"
#include "tests/unit/common/sql/fake_schema.h"

namespace postern::policy {
namespace {

constexpr char kPolicy[] = R"(
version: 1
masks:
  - { columns: [shop.customers.email], with: email }
  - { columns: [shop.*.card], with: { keep_last: 4 } }
  - { columns: [shop.notes.text], with: redact, masked_use: compare_equal }
  - { columns: [shop.orders.total], with: { round: -2 }, masked_use: any }
  - { columns: [shop.secrets.token], with: hash }
rules:
  - { name: all, agents: ["*"], targets: ["*"], allow: { verbs: [read, write, ddl], objects: ["*.*"] } }
access:
  - { agents: ["*"], targets: ["*"], open: automatic }
)";

const Rules& TheRules() {
  static const auto loaded = ParseRules(kPolicy, "policy.yaml");
  for (const config::Problem& problem : loaded.problems) UNSCOPED_INFO(problem.ToString());
  REQUIRE(loaded.ok());
  return **loaded.value;
}

SessionFacts Session() {
  SessionFacts session;
  session.agent = "bot";
  session.target = "orders";
  session.default_schema = "shop";
  return session;
}

const sql::FakeSchema& TheSchema() {
  static const sql::FakeSchema schema;
  return schema;
}

Masking Plan(std::string_view sql, sql::Vendor vendor = sql::Vendor::kMySql) {
  const sql::Dialect dialect{.vendor = vendor, .version = vendor == sql::Vendor::kMySql ? 90704 : 101119};
  const sql::Reading reading = sql::Read(sql, dialect, {}, {&TheSchema(), "shop"});
  INFO(sql);
  REQUIRE(reading.ok());
  return PlanMasks(TheRules(), reading.facts, Session(), &TheSchema());
}

// The rule that refuses, or the masks by position: "-" for none.
std::string Says(std::string_view sql, sql::Vendor vendor = sql::Vendor::kMySql) {
  const Masking masking = Plan(sql, vendor);
  if (masking.refused) return masking.refused->rule();
  if (!masking.plan.predicted) return "unpredicted";
  std::string text;
  for (const OutputPlan& output : masking.plan.outputs) {
    text += (text.empty() ? "" : ", ") + (output.mask ? MaskText(*output.mask) : std::string("-"));
  }
  return text;
}

}  // namespace

TEST_CASE("masks follow the data through names, derived tables and views") {
  CHECK(Says("SELECT id, email AS name, card FROM customers") == "-, email, keep_last: 4");
  CHECK(Says("SELECT * FROM customers") == "-, -, email, keep_last: 4, redact");
  CHECK(Says("SELECT d.x FROM (SELECT email AS x FROM customers) d") == "email");
  CHECK(Says("SELECT name FROM customers UNION ALL SELECT email FROM customers") == "email");
  CHECK(Says("SELECT who, mail FROM people") == "-, email");
  CHECK(Says("SELECT mail FROM loud") == "redact");
  CHECK(Says("SELECT (SELECT card FROM customers LIMIT 1)") == "keep_last: 4");
  CHECK(Says("SELECT email FROM customers UNION ALL SELECT card FROM customers") == "redact");
  CHECK(Says("SELECT card FROM customers UNION ALL SELECT card FROM customers") == "keep_last: 4");
  CHECK(Says("SELECT total, total * 2 FROM orders") == "round: -2, redact");
}

TEST_CASE("a use that could tell the value is refused unless the mask lets it") {
  CHECK(Says("SELECT HEX(email) FROM customers") == "masked-column");
  CHECK(Says("SELECT id FROM customers WHERE email = 'a'") == "masked-column");
  CHECK(Says("SELECT id FROM customers ORDER BY card") == "masked-column");
  CHECK(Says("SELECT DISTINCT email FROM customers") == "masked-column");
  CHECK(Says("SELECT COUNT(email) FROM customers") == "masked-column");
  CHECK(Says("SELECT id FROM people WHERE mail = 'x'") == "not-resolved");
  CHECK(Says("SELECT who FROM people WHERE mail = 'x'") == "masked-column");
  CHECK(Says("SELECT id FROM notes WHERE text = 'a'") == "-");
  CHECK(Says("SELECT id FROM notes WHERE text LIKE 'a'") == "masked-column");
  CHECK(Says("SELECT id FROM notes ORDER BY text") == "masked-column");
  CHECK(Says("SELECT id FROM orders WHERE total > 5 ORDER BY total") == "-");
  CHECK(Says("UPDATE customers SET email = 'x' WHERE id = 1") == "masked-column");
  CHECK(Says("UPDATE notes SET text = 'x' WHERE id = 1") == "unpredicted");
}

TEST_CASE("an expression over a masked value is refused where nothing of it is shown: it may fail, or make rows") {
  CHECK(Says("SELECT d.id FROM (SELECT id, IF(email < 'r', (SELECT 1 UNION SELECT 2), 1) AS x FROM customers) d") == "masked-column");
  CHECK(Says("SELECT d.id FROM (SELECT id, CAST((SELECT email FROM customers LIMIT 1) AS SIGNED) AS x FROM orders) d") == "masked-column");
  CHECK(Says("WITH c AS (SELECT id, LENGTH(email) AS x FROM customers) SELECT id FROM c") == "masked-column");
  CHECK(Says("SELECT c.id FROM customers c, JSON_TABLE(IF(c.email < 'r', '[1,2]', '[1]'), '$[*]' COLUMNS (n INT PATH '$')) t") == "masked-column");
  CHECK(Says("SELECT c.id FROM customers c, JSON_TABLE(c.email, '$[*]' COLUMNS (n INT PATH '$')) t") == "masked-column");
  CHECK(Says("SELECT d.id FROM (SELECT id, LENGTH(name) AS x, email FROM customers) d") == "-");
  CHECK(Says("SELECT id FROM (SELECT id, total * 2 AS x FROM orders) d") == "-");
}

TEST_CASE("a recursive query cuts values to the types of its first part") {
  CHECK(Says("WITH RECURSIVE r AS (SELECT 0 AS n, CAST('' AS CHAR(8)) AS s UNION ALL SELECT c.id, c.card FROM r, customers c) SELECT n FROM r") ==
        "masked-column");
  CHECK(Says("WITH RECURSIVE r AS (SELECT id, card FROM customers UNION ALL SELECT c.id, c.card FROM r JOIN customers c ON c.id = r.id) "
             "SELECT * FROM r") == "-, keep_last: 4");
  CHECK(Says("WITH RECURSIVE r AS (SELECT id, card FROM customers UNION ALL SELECT id, card FROM r) CYCLE card RESTRICT SELECT id FROM r",
             sql::Vendor::kMariaDb) == "masked-column");
}

TEST_CASE("what servers take for a position orders by the column that stands there") {
  for (const char* key : {"2", "(2)", "+2", "- -2", "{x 2}", "TRUE", "?"}) {
    CHECK(Says("SELECT id, card FROM customers ORDER BY " + std::string(key)) == "masked-column");
    CHECK(Says("SELECT id, card FROM customers UNION ALL SELECT 0, 'r' ORDER BY " + std::string(key)) == "masked-column");
  }
  CHECK(Says("SELECT id, card FROM customers ORDER BY 1") == "-, keep_last: 4");
  CHECK(Says("SELECT id, card FROM customers ORDER BY (1)") == "-, keep_last: 4");
  CHECK(Says("SELECT id, card FROM customers ORDER BY NULL") == "-, keep_last: 4");
  CHECK(Says("SELECT id, card, ROW_NUMBER() OVER (ORDER BY 2) FROM customers", sql::Vendor::kMariaDb) == "not-resolved");
  CHECK(Says("SELECT id, SUM(id) OVER (ORDER BY id ROWS 2 PRECEDING) FROM customers", sql::Vendor::kMariaDb) == "-, -");
}

TEST_CASE("inside a key's expression a name is the table's column before it is the select list's") {
  CHECK(Says("SELECT name, id AS card FROM customers ORDER BY card") == "-, -");
  for (const char* key : {"card < 'r'", "CONCAT(card)", "card COLLATE utf8mb4_bin", "ROW_NUMBER() OVER (ORDER BY card)"}) {
    CHECK(Says("SELECT name, id AS card FROM customers ORDER BY " + std::string(key)) == "masked-column");
  }
  CHECK(Says("SELECT name, card AS `nİck` FROM customers ORDER BY nick") == "not-resolved");
  CHECK(Says("SELECT id, card AS `nİck` FROM customers UNION ALL SELECT 0, 'x' ORDER BY nick") == "not-resolved");
}

TEST_CASE("a masked value is copied nowhere, whatever the mask lets") {
  CHECK(Says("INSERT INTO orders (id, total) SELECT id, total FROM orders") == "masked-column");
  CHECK(Says("SELECT @v := total FROM orders") == "masked-column");
  CHECK(Says("CREATE TABLE t2 AS SELECT email FROM customers") == "masked-column");
  CHECK(Says("CREATE VIEW v2 AS SELECT card FROM customers") == "masked-column");
  CHECK(Says("INSERT INTO watched VALUES (1, 'x')") == "masked-column");
  CHECK(Says("CALL show_all()") == "masked-column");
  CHECK(Says("SELECT mail_of(1)") == "masked-column");
  CHECK(Says("HANDLER customers OPEN") == "masked-column");
  CHECK(Says("CHECKSUM TABLE customers") == "masked-column");
}

TEST_CASE("a table with masked columns is not told by what hangs on it") {
  CHECK(Says("SELECT id FROM customers PARTITION (p0)") == "masked-column");
  CHECK(Says("SELECT COUNT(*) FROM orders o JOIN customers PARTITION (p0) c ON c.id = o.id") == "masked-column");
  CHECK(Says("DELETE FROM customers PARTITION (p0)") == "masked-column");
  CHECK(Says("UPDATE customers PARTITION (p0) SET name = 'x'") == "masked-column");
  CHECK(Says("CREATE TABLE lab.t2 (e TEXT, FOREIGN KEY (e) REFERENCES shop.customers (email))") == "masked-column");
  CHECK(Says("CREATE TABLE lab.t2 (id INT, x TEXT) ENGINE = MERGE UNION = (shop.customers)") == "masked-column");
  CHECK(Says("SELECT id FROM email PARTITION (p0)") == "-");
  CHECK(Says("CREATE TABLE lab.t2 (e INT, FOREIGN KEY (e) REFERENCES shop.email (id))") == "unpredicted");
}

TEST_CASE("other ways to a value are closed") {
  CHECK(Says("EXPLAIN SELECT id FROM customers") == "unpredicted");
  CHECK(Says("EXPLAIN SELECT email FROM customers") == "masked-column");
  CHECK(Says("ALTER TABLE customers RENAME COLUMN email TO e") == "masked-column");
  CHECK(Says("RENAME TABLE customers TO c2") == "masked-column");
  CHECK(Says("SHOW ENGINE INNODB STATUS") == "server-state");
  CHECK(Says("SHOW FULL PROCESSLIST") == "server-state");
  CHECK(Says("EXPLAIN FOR CONNECTION 5") == "server-state");
  CHECK(Says("SELECT info FROM `İnformation_schema`.processlist") == "server-state");
  CHECK(Says("SELECT histogram FROM information_schema.column_statistics") == "server-state");
  CHECK(Says("SELECT sql_text FROM performance_schema.events_statements_history") == "server-state");
  CHECK(Says("GET DIAGNOSTICS CONDITION 1 @m = MESSAGE_TEXT") == "server-state");
  CHECK(Plan("SHOW WARNINGS").plan.shows_warnings);
  CHECK(Says("SHOW TABLES") == "unpredicted");
  CHECK(Says("SHOW TABLE STATUS") == "server-state");
  CHECK(Says("CREATE PROCEDURE p() SHOW PROCESSLIST") == "server-state");
  CHECK(Says("CREATE FUNCTION f() RETURNS TEXT BEGIN DECLARE m TEXT; GET DIAGNOSTICS CONDITION 1 m = MESSAGE_TEXT; RETURN m; END") ==
        "server-state");
  CHECK(Says("BEGIN NOT ATOMIC SHOW WARNINGS; END", sql::Vendor::kMariaDb) == "server-state");
}

TEST_CASE("a hash is shown only of what the agent cannot choose") {
  CHECK(Says("SELECT token, id FROM secrets") == "hash: 32, -");
  CHECK(Says("SELECT x FROM (SELECT token AS x FROM secrets) d") == "hash: 32");
  CHECK(Says("SELECT token FROM secrets UNION ALL SELECT token FROM secrets") == "hash: 32");
  CHECK(Says("SELECT (SELECT token FROM secrets LIMIT 1)") == "hash: 32");
  CHECK(Says("SELECT u FROM tokens") == "hash: 32");
  CHECK(Says("SELECT 'guess' AS u UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("SELECT u FROM (SELECT 'guess' AS u UNION ALL SELECT token FROM secrets) d") == "redact");
  CHECK(Says("SELECT ? AS u UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("SELECT @v AS u UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("SELECT LOWER('GUESS') AS u UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("WITH g AS (SELECT 'guess' AS u) SELECT u FROM g UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("SELECT name FROM customers UNION ALL SELECT token FROM secrets") == "redact");
  CHECK(Says("SELECT u FROM mixed") == "redact");
}

TEST_CASE("a pattern for any table masks the columns that a table has") {
  CHECK(Says("INSERT INTO email VALUES (1, 'x')") == "unpredicted");
  CHECK(Says("HANDLER email OPEN") == "unpredicted");
  CHECK(Says("ALTER TABLE email ADD COLUMN x INT") == "unpredicted");
  CHECK(Says("RENAME TABLE email TO letters") == "unpredicted");
  CHECK(Says("CREATE INDEX i ON email (value)") == "unpredicted");
  CHECK(Says("CREATE TABLE scratch (id INT)") == "unpredicted");
  CHECK(Says("INSERT INTO customers VALUES (1)") == "masked-column");
  CHECK(Says("CREATE TABLE customers (id INT)") == "masked-column");
  CHECK(Says("ALTER TABLE nowhere ADD COLUMN x INT") == "masked-column");
}

TEST_CASE("EXPLAIN shows what views look at") {
  CHECK(Says("EXPLAIN SELECT who FROM people") == "masked-column");
  CHECK(Says("SELECT who FROM people") == "-");
  CHECK(Says("EXPLAIN SELECT id FROM plain") == "unpredicted");
}

TEST_CASE("whoever masks hide a column from does not choose the order of its rows") {
  CHECK(Says("SELECT id FROM customers FORCE INDEX (k)") == "masked-column");
  CHECK(Says("SELECT id FROM customers USE INDEX FOR ORDER BY (k) ORDER BY id") == "masked-column");
  CHECK(Says("UPDATE customers IGNORE INDEX (PRIMARY) SET name = 'x' LIMIT 1") == "masked-column");
  CHECK(Says("SELECT /*+ INDEX(customers k) */ id FROM customers") == "masked-column");
  CHECK(Says("SELECT /*+ MAX_EXECUTION_TIME(1000) */ id FROM customers") == "-");
  CHECK(Says("SELECT id FROM email FORCE INDEX (k)") == "-");
}

TEST_CASE("a derived table may not pass for a masked one") {
  CHECK(Says("SELECT email FROM (SELECT name AS email FROM customers) customers") == "masked-column");
  CHECK(Says("WITH customers AS (SELECT name AS email FROM shop.customers) SELECT email FROM customers") == "masked-column");
  CHECK(Says("WITH c AS (SELECT name AS card FROM customers) SELECT card FROM c") == "masked-column");
  CHECK(Says("SELECT email FROM (SELECT email FROM customers) customers") == "email");
  CHECK(Says("SELECT email FROM (SELECT name AS email FROM customers) d") == "-");
}

TEST_CASE("in one packet nothing may change the schema by which the rest was read") {
  const auto batch = [](std::string_view sql) {
    const auto read = sql::ReadBatch(sql, {.vendor = sql::Vendor::kMySql, .version = 90704}, {}, {&TheSchema(), "shop"});
    REQUIRE(read.ok());
    std::vector<const sql::Facts*> all;
    for (const sql::Reading& reading : read.statements) all.push_back(&reading.facts);
    return PlanMasks(TheRules(), all, Session(), &TheSchema()).refused.has_value();
  };
  CHECK(batch("RENAME TABLE plain TO p2, email TO plain; SELECT id FROM plain"));
  CHECK(batch("CREATE OR REPLACE VIEW plain AS SELECT id FROM email; SELECT id FROM plain"));
  CHECK(batch("CREATE PROCEDURE p() SELECT 1; CALL p()"));
  CHECK_FALSE(batch("SELECT id FROM plain; UPDATE email SET value = 'x' WHERE id = 1"));
  CHECK_FALSE(batch("RENAME TABLE plain TO p2"));
}

TEST_CASE("what nobody knows is refused only where it could matter") {
  CHECK(Says("SELECT x FROM closed") == "not-resolved");
  CHECK(Says("SELECT a FROM nowhere") == "not-resolved");
  CHECK(Says("SELECT 1, NOW()") == "-, -");
  const sql::Reading blind = sql::Read("SELECT id FROM notes", {.vendor = sql::Vendor::kMySql, .version = 90704});
  CHECK(PlanMasks(TheRules(), blind.facts, Session(), nullptr).refused->rule() == "not-resolved");
}

}  // namespace postern::policy
