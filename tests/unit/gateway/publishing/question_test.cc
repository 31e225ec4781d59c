#include "gateway/publishing/question.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "gateway/policy/load_rules.h"

namespace postern::publishing {
namespace {

constexpr char kPolicy[] = R"(version: 1
masks:
  - { columns: [shop.customers.email], with: email }
rules:
  - { name: reads, agents: [bot], targets: [prod], multi_statements: true, allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: few, agents: [bot], targets: [prod], allow: { verbs: [update], objects: ["shop.*"], max_affected_rows: 10 } }
  - { name: asks, agents: [bot], targets: [prod], hold: { verbs: [delete], objects: ["shop.*"], reviewers: [dba], approvals: 2, wait: 5m } }
)";

policy::RulesPtr Rules() {
  const auto loaded = policy::ParseRules(kPolicy, "policy.yaml");
  if (!loaded.ok()) throw std::runtime_error(config::ToString(loaded.problems));
  return *loaded.value;
}

Question Ask(std::string statement) {
  Question question;
  question.session.agent = "bot";
  question.session.target = "prod";
  question.session.default_schema = "shop";
  question.statement = std::move(statement);
  return question;
}

v1::PolicyAnswer Told(std::string statement) { return Explain(*Rules(), Ask(std::move(statement))); }

TEST_CASE("an answer says what is decided, by which rule, and what the statement does") {
  const v1::PolicyAnswer answer = Told("DELETE FROM orders WHERE id = 1");
  CHECK(answer.decision() == v1::PolicyAnswer::EFFECT_HOLD);
  CHECK(answer.rule() == "asks");
  CHECK(answer.hold().reviewers(0) == "dba");
  CHECK(answer.hold().approvals() == 2);
  CHECK(answer.hold().wait_seconds() == 300);
  CHECK(answer.facts().find("delete") != std::string::npos);
}

TEST_CASE("several statements are decided as the session decides a packet of them") {
  CHECK(Told("SELECT id FROM orders; DELETE FROM orders").rule() == "asks");
  CHECK(Told("SELECT id FROM orders; SET NAMES latin1").rule() == "multi-statements");
  CHECK(Told("SELECT id FROM orders; SELEC 1").rule() == "unparsed");
}

TEST_CASE("what only a transaction makes possible is told by the transaction") {
  Question question = Ask("UPDATE orders SET status = 'x' WHERE id = 1");
  CHECK(Decide(*Rules(), question).rule() == "condition");
  question.session.can_undo = true;
  CHECK(Decide(*Rules(), question).rule() == "few");
  CHECK(Explain(*Rules(), question).limits().max_affected_rows() == 10);
}

TEST_CASE("columns of the result are told with their masks") {
  const v1::PolicyAnswer answer = Told("SELECT id, email FROM customers");
  REQUIRE(answer.under_masks());
  REQUIRE(answer.outputs_size() == 2);
  CHECK(answer.outputs(0).mask().empty());
  CHECK(answer.outputs(1).mask() == "email");
  const v1::PolicyAnswer used = Told("SELECT id FROM customers WHERE email LIKE 'a%'");
  REQUIRE(used.masked_uses_size() == 1);
  CHECK(used.masked_uses(0).column().find("email") != std::string::npos);
}

TEST_CASE("selecting a schema is decided like USE") {
  Question question = Ask("shop");
  question.use_schema = true;
  CHECK(Decide(*Rules(), question).allowed());
  question.statement = "payroll";
  CHECK(Decide(*Rules(), question).denied());
}

}  // namespace
}  // namespace postern::publishing
