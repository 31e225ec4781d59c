// Statements as they are read, against rules that let only some shapes of them.
#include <catch2/catch.hpp>

#include "common/sql/read.h"
#include "gateway/policy/access.h"
#include "gateway/policy/decide.h"
#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

Decision Ask(const RulesPtr& rules, const std::string& text, const SessionFacts& session = Agent()) {
  sql::Dialect dialect;
  const sql::Reading reading = sql::Read(text, dialect);
  INFO(text);
  REQUIRE(reading.ok());
  return Decide(*rules, reading.facts, session);
}

std::string RuleOf(const RulesPtr& rules, const std::string& text) {
  const Decision decision = Ask(rules, text);
  return std::string(EffectName(decision.effect())) + " " + decision.rule();
}

TEST_CASE("a rule that wants a WHERE lets nothing that goes without or around it") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: w, agents: [bot], targets: ["*"], allow: { verbs: [read, update, delete, insert], objects: ["shop.*"], require_where: true } }
)");
  CHECK(RuleOf(rules, "UPDATE orders SET a = 1 WHERE id = 1") == "allow w");
  CHECK(RuleOf(rules, "DELETE FROM orders WHERE id = 1") == "allow w");
  CHECK(RuleOf(rules, "SELECT * FROM orders WHERE id = 1") == "allow w");
  CHECK(RuleOf(rules, "UPDATE orders SET a = 1") == "deny condition");
  CHECK(RuleOf(rules, "DELETE FROM orders") == "deny condition");
  CHECK(RuleOf(rules, "DELETE FROM orders WHERE 1 = 1") == "deny condition");
  CHECK(RuleOf(rules, "DELETE FROM orders WHERE id = id") == "deny condition");
  CHECK(RuleOf(rules, "DELETE FROM orders WHERE 'a' = 'a' OR id = 1") == "deny condition");
  CHECK(RuleOf(rules, "SELECT * FROM orders") == "deny condition");
  CHECK(RuleOf(rules, "TABLE orders") == "deny condition");
  CHECK(RuleOf(rules, "SELECT 1 FROM orders WHERE id = 1 UNION SELECT 2 FROM orders") == "deny condition");
  CHECK(RuleOf(rules, "INSERT INTO orders SELECT * FROM old") == "deny condition");
  CHECK(RuleOf(rules, "INSERT INTO orders (id) VALUES (1)") == "allow w");
  CHECK(RuleOf(rules, "SHOW COLUMNS FROM orders") == "allow w");
  CHECK(Ask(rules, "DELETE FROM orders").reason() ==
        "rule \"w\" lets delete on shop.orders only with a WHERE that looks at the row");
}

TEST_CASE("another rule may let what one lets only under a condition") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"], require_limit: true } }
  - { name: b, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.small"] } }
)");
  CHECK(RuleOf(rules, "SELECT * FROM small") == "allow b");
  CHECK(RuleOf(rules, "SELECT * FROM large") == "deny condition");
  CHECK(RuleOf(rules, "SELECT * FROM large LIMIT 10") == "allow a");
  CHECK(RuleOf(rules, "SELECT * FROM small, large") == "deny condition");
}

TEST_CASE("what is held only with a WHERE is not run without, whoever else lets it") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: h, agents: [bot], targets: ["*"], hold: { verbs: [delete], objects: ["shop.orders"], require_where: true, reviewers: [dba] } }
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [delete], objects: ["shop.*"] } }
)");
  CHECK(RuleOf(rules, "DELETE FROM orders WHERE id = 1") == "hold h");
  CHECK(RuleOf(rules, "DELETE FROM orders") == "deny condition");
  CHECK(RuleOf(rules, "DELETE FROM other") == "allow a");
}

TEST_CASE("limits of all the rules that cover a statement bind it, each by the tightest") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"], max_rows: 1000, max_execution_time: 5s } }
  - { name: b, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.orders"], max_rows: 10, max_bytes: 1MiB } }
  - { name: w, agents: [bot], targets: ["*"], hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], max_affected_rows: 50 } }
)");
  CHECK(Ask(rules, "SELECT * FROM orders").limits() ==
        StatementLimits{.max_rows = 10, .max_bytes = 1 << 20, .max_execution_time = absl::Seconds(5)});
  CHECK(Ask(rules, "SELECT * FROM other").limits() ==
        StatementLimits{.max_rows = 1000, .max_execution_time = absl::Seconds(5)});
  CHECK(Ask(rules, "UPDATE other SET a = 1").limits() == StatementLimits{.max_affected_rows = 50});
  CHECK_FALSE(Ask(rules, "SELECT 1").limits().any());
}

TEST_CASE("an allow of columns lets no other column, in any role") {
  const RulesPtr rules = Policy(R"(
rules:
  - name: c
    agents: [bot]
    targets: ["*"]
    allow: { verbs: [read, insert, update, delete, handler], columns: [shop.customers.id, shop.customers.name, "shop.orders.*"] }
)");
  for (const char* text :
       {"SELECT id, name FROM customers", "SELECT ID FROM customers WHERE Name = 'x' ORDER BY name", "SELECT * FROM orders",
        "SELECT c.id FROM customers c JOIN orders o ON o.customer = c.id", "SELECT COUNT(*) FROM customers",
        "SELECT x.id FROM (SELECT id FROM customers) x", "UPDATE customers SET name = 'x' WHERE id = 1",
        "INSERT INTO customers (id, name) VALUES (1, 'x')", "DELETE FROM orders WHERE id = 1", "SHOW COLUMNS FROM customers"}) {
    CAPTURE(text);
    CHECK(RuleOf(rules, text) == "allow c");
  }
  for (const char* text :
       {"SELECT ssn FROM customers", "SELECT id FROM customers WHERE ssn = '1'", "SELECT id FROM customers ORDER BY ssn",
        "SELECT id FROM customers GROUP BY id HAVING MAX(ssn) > 1", "SELECT * FROM customers", "SELECT c.* FROM customers c",
        "TABLE customers", "SELECT o.id FROM orders o JOIN customers c ON c.ssn = o.id", "SELECT id FROM customers NATURAL JOIN orders",
        "SELECT ssn FROM customers, orders", "UPDATE customers SET ssn = '1' WHERE id = 1",
        "UPDATE customers SET name = ssn WHERE id = 1", "INSERT INTO customers VALUES (1, 'x', 'y')",
        "DELETE FROM customers WHERE id = 1", "EXPLAIN SELECT ssn FROM customers", "HANDLER customers READ FIRST",
        "SELECT (SELECT ssn FROM customers LIMIT 1)", "WITH x AS (SELECT * FROM customers) SELECT id FROM x"}) {
    CAPTURE(text);
    CHECK(RuleOf(rules, text) == "deny condition");
  }
  CHECK(Ask(rules, "SELECT ssn FROM customers").reason() ==
        "rule \"c\" lets select on shop.customers only with no other columns than shop.customers.id, shop.customers.name, "
        "shop.orders.*");
}

TEST_CASE("a deny of a column meets whatever may touch it") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [read, write], objects: ["shop.*"] } }
  - { name: d, agents: [bot], targets: ["*"], deny: { verbs: [read], columns: [shop.customers.ssn] } }
)");
  for (const char* text : {"SELECT ssn FROM customers", "SELECT SSN FROM Customers", "SELECT * FROM customers", "TABLE customers",
                           "SELECT id FROM customers WHERE ssn = '1'", "SELECT ssn FROM customers, orders",
                           "UPDATE customers SET name = ssn WHERE id = 1", "INSERT INTO orders SELECT ssn FROM customers",
                           "EXPLAIN SELECT ssn FROM customers"}) {
    CAPTURE(text);
    CHECK(RuleOf(rules, text) == "deny d");
  }
  for (const char* text : {"SELECT id FROM customers", "SELECT ssn FROM orders", "SELECT COUNT(*) FROM customers",
                           "UPDATE customers SET ssn = '1' WHERE id = 1", "SHOW COLUMNS FROM customers"}) {
    CAPTURE(text);
    CHECK(RuleOf(rules, text) == "allow a");
  }
}

TEST_CASE("a hold of a column holds what may touch it and lets the rest to others") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: h, agents: [bot], targets: ["*"], hold: { verbs: [read], columns: [shop.customers.ssn], reviewers: [dba] } }
)");
  CHECK(RuleOf(rules, "SELECT id, ssn FROM customers") == "hold h");
  CHECK(RuleOf(rules, "SELECT * FROM customers") == "hold h");
  CHECK(RuleOf(rules, "SELECT id FROM customers") == "allow a");
}

TEST_CASE("routines and functions are let by name, and no others with them") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"], routines: [shop.price, shop.archive], functions: [sleep] } }
)");
  CHECK(RuleOf(rules, "SELECT shop.price(id) FROM orders") == "allow r");
  CHECK(RuleOf(rules, "SELECT shop.other(id) FROM orders") == "deny function");
  CHECK(RuleOf(rules, "SELECT SLEEP(1)") == "allow r");
  CHECK(RuleOf(rules, "SELECT GET_LOCK('a', 1)") == "deny function");
  CHECK(RuleOf(rules, "CALL archive(1)") == "allow r");
  CHECK(RuleOf(rules, "CALL wipe(1)") == "deny default");
  const RulesPtr held = Policy(R"(
rules:
  - { name: a, agents: [bot], targets: ["*"], allow: { verbs: [read, call], objects: ["shop.*", "@function.*"] } }
  - { name: h, agents: [bot], targets: ["*"], hold: { routines: [shop.refund], reviewers: [dba] } }
)");
  CHECK(RuleOf(held, "CALL REFUND(1)") == "hold h");
  CHECK(RuleOf(held, "SELECT refund(1)") == "hold h");
  CHECK(RuleOf(held, "CALL other(1)") == "allow a");
}

TEST_CASE("settings are changed by name, to plain values, and nothing else is") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: s, agents: [bot], targets: ["*"], allow: { session: [foreign_key_checks, TX_Isolation, sql_log_bin] } }
)");
  CHECK(RuleOf(rules, "SET foreign_key_checks = 0") == "allow s");
  CHECK(RuleOf(rules, "SET SESSION foreign_key_checks = OFF, @x = 1") == "allow s");
  CHECK(RuleOf(rules, "SET foreign_key_checks = @x") == "deny default");
  CHECK(RuleOf(rules, "SET foreign_key_checks = (SELECT 1)") == "deny default");
  CHECK(RuleOf(rules, "SET foreign_key_checks = 0, optimizer_switch = 'x=off'") == "deny default");
  CHECK(RuleOf(rules, "SET GLOBAL foreign_key_checks = 0") == "deny default");
  CHECK(RuleOf(rules, "SET optimizer_switch = 'x=off'") == "deny default");
  CHECK(RuleOf(rules, "SET foreign_key_checks = 0, sql_mode = 'ANSI_QUOTES'") == "deny pinned-session");
  CHECK(RuleOf(rules, "SET time_zone = '+00:00'") == "allow startup");
}

TEST_CASE("the budgets of an agent are those of its access entries, the tightest of each") {
  const RulesPtr rules = Policy(R"(
access:
  - { agents: [bot], targets: ["*"], open: automatic, budgets: { statements: 100, rows: 5000 } }
  - { agents: ["*"], targets: ["*"], open: automatic, budgets: { rows: 1000, bytes: 1MiB } }
)");
  CHECK(AccessFor(*rules, "bot", {}, "prod")->budget ==
        BudgetTerms{.statements = 100, .rows = 1000, .bytes = 1 << 20});
  CHECK_FALSE(AccessFor(*rules, "other", {}, "prod")->budget.statements);
}

TEST_CASE("each mistake in a rule's conditions is told with its place") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"when: {}, allow: { verbs: [read] }", "when: needs days, hours or both"},
      {"when: { hours: \"6-22\" }, allow: { verbs: [read] }",
       "when.hours: expected hours such as \"06:00-22:00\" or, over midnight, \"22:00-06:00\"; a day ends at 24:00"},
      {"when: { days: [monday] }, allow: { verbs: [read] }", "when.days[0]: expected mon, tue, wed, thu, fri, sat or sun"},
      {"when: { days: [mon], timezone: Mars/Base }, allow: { verbs: [read] }",
       "when.timezone: expected a name of the tz database, such as Europe/Berlin"},
      {"deny: { verbs: [read], max_rows: 5 }", "deny.max_rows: unknown key"},
      {"deny: { verbs: [read], objects: [a.b], columns: [a.b.c] }",
       "deny.columns: a deny names objects or columns, not both: write two rules"},
      {"allow: { verbs: [read], columns: [a.b] }",
       "allow.columns[0]: expected schema.table.column, each with at most a * at its end"},
      {"allow: { verbs: [read], max_rows: -1 }", "allow.max_rows: must be from 0 to 9223372036854775807"},
      {"allow: { verbs: [read], max_execution_time: 0s }", "allow.max_execution_time: must be from 1ms to 1d"},
      {"allow: { verbs: [read], require_where: yes }", "allow.require_where: expected true or false"},
      {"allow: { routines: [price] }", "allow.routines[0]: expected schema.name or schema.prefix*"},
      {"allow: { functions: [\"*\"] }", "allow.functions[0]: expected the name of a function without its schema"},
      {"allow: { session: [\"a b\"] }", "allow.session[0]: expected the name of a system variable"},
      {"allow: { objects: [a.b] }", "allow.verbs: is missing"},
  }));
  CAPTURE(body);
  const auto loaded = ParseRules("version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], " + body + " }", "p.yaml");
  REQUIRE(loaded.problems.size() == 1);
  CHECK(loaded.problems[0].line == 3);
  CHECK(loaded.problems[0].column > 5);
  CHECK(loaded.problems[0].key + ": " + loaded.problems[0].message == "rules[0]." + expected);
}

}  // namespace
}  // namespace postern::policy
