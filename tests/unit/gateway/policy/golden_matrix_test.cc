// Role x verb -> decision, printed to tests/golden/policy/<role>.txt. A verb added to the reader of SQL changes every
// file, so that somebody looks at what policy makes of it. POSTERN_UPDATE_GOLDEN=1 writes the files anew.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "gateway/policy/decide.h"
#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

using sql::Access;
using sql::ObjectKind;
using sql::Verb;
using sql::VerbGroup;

const std::string kFolder = POSTERN_SOURCE_DIR "/tests/golden/policy/";

constexpr Verb kVerbs[] = {
#define POSTERN_SQL_VERB(verb, name, group) Verb::verb,
    POSTERN_SQL_VERBS(POSTERN_SQL_VERB)
#undef POSTERN_SQL_VERB
};

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Access WriteAccess(Verb verb) {
  if (verb == Verb::kUpdate) return Access::kUpdate;
  if (verb == Verb::kDelete) return Access::kDelete;
  if (verb == Verb::kLock) return Access::kLock;
  if (verb == Verb::kHandler) return Access::kRead;
  return Access::kInsert;
}

bool TouchesNothing(Verb verb) {
  return verb == Verb::kDo || verb == Verb::kUnlock || verb == Verb::kBlock || verb == Verb::kUnknown;
}

// The plainest statement of each verb, about shop.orders where it is about a table.
sql::Facts Plain(Verb verb) {
  sql::Facts facts = Statement(verb);
  if (TouchesNothing(verb)) return facts;
  switch (sql::GroupOf(verb)) {
    case VerbGroup::kRead:
      facts.objects = {Table("shop", "orders", Access::kRead)};
      break;
    case VerbGroup::kWrite:
      facts.objects = {Table("shop", "orders", WriteAccess(verb))};
      break;
    case VerbGroup::kDdl:
      facts.objects = {Table("shop", "orders", Access::kAlter)};
      break;
    case VerbGroup::kAccount:
      facts.objects = {{ObjectKind::kUser, "", "bob", Access::kAlter}};
      break;
    case VerbGroup::kAdmin:
    case VerbGroup::kSession:
    case VerbGroup::kTransaction:
      break;
  }
  if (verb == Verb::kCall) facts.objects = {{ObjectKind::kProcedure, "shop", "p", Access::kExecute}};
  if (verb == Verb::kUse) facts.use_schema = "shop";
  if (verb == Verb::kKill) facts.kill = sql::KillFacts{.id = 7};
  return facts;
}

std::string Row(std::string name, const Decision& decision) {
  name.resize(std::max<size_t>(name.size(), 26), ' ');
  std::string effect(EffectName(decision.effect()));
  effect.resize(6, ' ');
  return name + effect + decision.rule() + "\n";
}

std::string Matrix(const Rules& rules, const std::string& role) {
  const SessionFacts session = Agent("bot", {role});
  std::string out;
  for (const Verb verb : kVerbs) out += Row(std::string(sql::VerbName(verb)), Decide(rules, Plain(verb), session));
  sql::Facts copy = Statement(Verb::kInsert, {Table("shop", "orders", Access::kInsert)});
  copy.objects.push_back(Table("hr", "pay", Access::kRead));
  out += Row("insert from elsewhere", Decide(rules, copy, session));
  out += Row("select mysql.user",
             Decide(rules, Statement(Verb::kSelect, {Table("mysql", "user", Access::kRead)}), session));
  out += Row("select sleep", Decide(rules, Call("", "SLEEP", sql::FunctionClass::kSleepsOrLocks), session));
  out += Row("select unknown()", Decide(rules, Call("", "f", sql::FunctionClass::kUnknown), session));
  sql::Facts outfile = Select("orders");
  outfile.into_outfile = true;
  out += Row("select into outfile", Decide(rules, outfile, session));
  sql::Facts change = Statement(Verb::kUpdate, {Table("shop", "orders", Access::kUpdate)});
  change.has_where = true;
  out += Row("update with where", Decide(rules, change, session));
  change.columns = {{{"shop", "orders", "card", true}, sql::ColumnRole::kPredicate}};
  out += Row("update by card", Decide(rules, change, session));
  SessionFacts night = session;
  night.now += absl::Hours(13);
  out += Row("insert at 23:00", Decide(rules, Plain(Verb::kInsert), night));
  sql::Facts setting = Statement(Verb::kSet);
  setting.variables = {{sql::VariableScope::kSession, "foreign_key_checks", true, "0"}};
  out += Row("set foreign_key_checks", Decide(rules, setting, session));
  sql::Facts startup = Statement(Verb::kSet);
  startup.session.harmless_startup = true;
  out += Row("start-up", Decide(rules, startup, session));
  return out;
}

TEST_CASE("the matrix of roles and verbs is as written down") {
  const auto loaded = LoadRules(kFolder + "matrix.yaml");
  REQUIRE(ToString(loaded.problems) == "");
  for (const std::string role : {"reader", "writer", "owner", "operator", "careful", "stranger"}) {
    const std::string path = kFolder + role + ".txt";
    const std::string now = Matrix(**loaded.value, role);
    if (std::getenv("POSTERN_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
    CHECK(now == Contents(path));
  }
}

TEST_CASE("every verb has a row in every golden file") {
  for (const std::string role : {"reader", "writer", "owner", "operator", "careful", "stranger"}) {
    const std::string text = "\n" + Contents(kFolder + role + ".txt");
    for (const Verb verb : kVerbs) {
      CAPTURE(role, std::string(sql::VerbName(verb)));
      CHECK(text.find("\n" + std::string(sql::VerbName(verb)) + " ") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace postern::policy
