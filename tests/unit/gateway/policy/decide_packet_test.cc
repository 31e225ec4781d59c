#include "gateway/policy/decide_packet.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

using sql::Access;
using sql::Verb;

constexpr char kRules[] = R"(
rules:
  - { name: reads, agents: [bot], targets: [prod], multi_statements: true, allow: { verbs: [read, session, transaction], objects: ["shop.*"] } }
  - { name: few, agents: [bot], targets: [prod], allow: { verbs: [update], objects: ["shop.*"], max_affected_rows: 10 } }
  - { name: asks-dba, agents: [bot], targets: [prod], hold: { verbs: [delete], objects: ["shop.*"], reviewers: [dba] } }
  - { name: asks-lead, agents: [bot], targets: [prod], hold: { verbs: [insert], objects: ["shop.*"], reviewers: [lead] } }
  - { name: reads-alone, agents: [single], targets: [prod], allow: { verbs: [read], objects: ["shop.*"] } }
)";

SessionFacts InTransaction() {
  SessionFacts session = Agent();
  session.can_undo = true;
  return session;
}

std::string RuleOf(const std::vector<sql::Facts>& statements, const SessionFacts& session) {
  std::vector<const sql::Facts*> packet;
  for (const sql::Facts& facts : statements) packet.push_back(&facts);
  const Decision decision = DecidePacket(*Policy(kRules), packet, session);
  return std::string(EffectName(decision.effect())) + " " + decision.rule();
}

sql::Facts Update() { return Statement(Verb::kUpdate, {Table("shop", "orders", Access::kUpdate)}); }
sql::Facts Delete() { return Statement(Verb::kDelete, {Table("shop", "orders", Access::kDelete)}); }
sql::Facts Insert() { return Statement(Verb::kInsert, {Table("shop", "orders", Access::kInsert)}); }

TEST_CASE("one statement is decided as it is") {
  CHECK(RuleOf({Select("orders")}, Agent()) == "allow reads");
  CHECK(RuleOf({Delete()}, Agent()) == "hold asks-dba");
  CHECK(RuleOf({Select("orders")}, Agent("single")) == "allow reads-alone");
}

TEST_CASE("several statements want a rule that lets several be sent, and the strictest decides") {
  CHECK(RuleOf({Select("orders"), Select("items")}, Agent()) == "allow reads");
  CHECK(RuleOf({Select("orders"), Select("items")}, Agent("single")) == "deny multi-statements");
  CHECK(RuleOf({Select("orders"), Delete()}, Agent()) == "hold asks-dba");
  CHECK(RuleOf({Delete(), Select("orders")}, Agent()) == "hold asks-dba");
  CHECK(RuleOf({Delete(), Statement(Verb::kDropTable, {Table("shop", "orders", Access::kDrop)})}, Agent()) == "deny default");
}

TEST_CASE("what drivers send to start up does not give its rule to the rest of a packet") {
  sql::Facts startup = Statement(Verb::kSet);
  startup.session.harmless_startup = true;
  CHECK(RuleOf({startup}, Agent()) == "allow startup");
  CHECK(RuleOf({startup, Select("orders")}, Agent()) == "allow reads");
  CHECK(RuleOf({Select("orders"), startup}, Agent()) == "allow reads");
  CHECK(RuleOf({startup, startup}, Agent()) == "allow startup");
}

TEST_CASE("statements held for different reviewers are not sent together") {
  CHECK(RuleOf({Delete(), Delete()}, Agent()) == "hold asks-dba");
  CHECK(RuleOf({Delete(), Insert()}, Agent()) == "deny conflicting-holds");
}

TEST_CASE("what changes how the rest is read is sent alone") {
  sql::Facts use = Statement(Verb::kUse);
  use.use_schema = "shop";
  CHECK(RuleOf({use, Select("orders")}, Agent()) == "deny multi-statements");
  sql::Facts names = Statement(Verb::kSet);
  names.session.charset = sql::Charset::kLatin1;
  CHECK(RuleOf({Select("orders"), names}, Agent()) == "deny multi-statements");
}

TEST_CASE("what may change only so many rows wants a way back") {
  CHECK(RuleOf({Update()}, Agent()) == "deny condition");
  CHECK(RuleOf({Update()}, InTransaction()) == "allow few");
  CHECK(RuleOf({Select("orders"), Update()}, Agent()) == "deny condition");
  CHECK(RuleOf({Select("orders"), Update()}, InTransaction()) == "allow reads");
  sql::Facts commits = Update();
  commits.implicit_commit = true;
  CHECK(RuleOf({commits}, InTransaction()) == "deny condition");
  CHECK(RuleOf({Update(), Statement(Verb::kCommit)}, InTransaction()) == "deny condition");
  CHECK(RuleOf({Select("orders"), Statement(Verb::kCommit)}, InTransaction()) == "allow reads");
}

}  // namespace
}  // namespace postern::policy
