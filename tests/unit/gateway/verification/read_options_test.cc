#include "gateway/verification/read_options.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::verification {
namespace {

struct ReadResult {
  Options options;
  std::string problems;
};

ReadResult From(const std::string& yaml) {
  ReadResult read;
  config::Document document = config::Document::FromText(yaml, "gateway.yaml");
  {
    config::Section root = document.root();
    read.options = ReadOptions(root.Optional("verification"), {"orders", "other"});
  }
  for (const config::Problem& problem : document.TakeProblems()) read.problems += problem.key + ": " + problem.message + "\n";
  return read;
}

std::string ProblemsOf(const std::string& plan) { return From("verification: { targets: { orders: " + plan + " } }").problems; }

TEST_CASE("a table's name is all that is needed, and the write that is tried meets no row") {
  const ReadResult read = From("verification: { targets: { orders: { table: shop.orders } } }");
  CHECK(read.problems == "");
  CHECK(read.options.every == absl::Hours(1));
  REQUIRE(read.options.targets.contains("orders"));
  const TargetPlan& plan = read.options.targets.at("orders");
  CHECK(plan.read == "SELECT 1 FROM `shop`.`orders` LIMIT 1");
  CHECK(plan.held == "DELETE FROM `shop`.`orders` WHERE 1 = 0 LIMIT 0");
  CHECK_FALSE(plan.masked);
}

TEST_CASE("all of it can be said") {
  const ReadResult read = From(
      "verification:\n"
      "  every: 15m\n"
      "  targets:\n"
      "    orders:\n"
      "      read: SELECT id FROM shop.orders LIMIT 1\n"
      "      held: UPDATE shop.orders SET status = 'x' WHERE id = 0\n"
      "      masked: { sql: SELECT email FROM shop.customers WHERE id = 1, expect_not: ann@example.com }\n"
      "      groups: [bots]\n");
  CHECK(read.problems == "");
  CHECK(read.options.every == absl::Minutes(15));
  const TargetPlan& plan = read.options.targets.at("orders");
  CHECK(plan.held == "UPDATE shop.orders SET status = 'x' WHERE id = 0");
  CHECK(plan.masked->expect_not == "ann@example.com");
  CHECK(plan.groups == std::vector<std::string>{"bots"});
}

TEST_CASE("without the section nothing is verified, and one that names nothing is a mistake") {
  CHECK(From("{}").problems == "");
  CHECK(From("{}").options.targets.empty());
  CHECK(From("verification: { every: 1h }").problems.find("names no target") != std::string::npos);
  CHECK(From("verification: { targets: { nowhere: { table: a.b } } }").problems.find("is none of targets") != std::string::npos);
}

TEST_CASE("what could do harm, or would prove nothing, is refused before it is ever sent") {
  for (const char* held : {"DROP TABLE shop.orders", "TRUNCATE shop.orders", "SELECT 1", "DELETE FROM a.b; DELETE FROM a.c", "GRANT ALL ON *.* TO x",
                           "COMMIT", "DELETE FROM a.b WHERE id = ?", "nonsense"}) {
    INFO(held);
    CHECK(ProblemsOf(std::string("{ table: a.b, held: '") + held + "' }").find("held: ") != std::string::npos);
  }
  for (const char* sql : {"DELETE FROM a.b", "SELECT * FROM a.b FOR UPDATE", "SELECT 1 INTO OUTFILE \"/tmp/x\""}) {
    INFO(sql);
    CHECK(ProblemsOf(std::string("{ table: a.b, read: '") + sql + "' }").find("read: ") != std::string::npos);
    CHECK(ProblemsOf(std::string("{ table: a.b, masked: { sql: '") + sql + "', expect_not: x } }").find("sql: ") != std::string::npos);
  }
  CHECK(ProblemsOf("{ table: a.b, masked: { sql: SELECT 1, expect_not: '' } }").find("expect_not: ") != std::string::npos);
  CHECK(ProblemsOf("{ read: SELECT 1 }").find("needs a table") != std::string::npos);
  for (const char* table : {"orders", "a.b.c", ".b", "a.", "'a`.b'", "'a b.c'"}) {
    INFO(table);
    CHECK(ProblemsOf(std::string("{ table: ") + table + " }").find("SCHEMA.TABLE") != std::string::npos);
  }
}

}  // namespace
}  // namespace postern::verification
