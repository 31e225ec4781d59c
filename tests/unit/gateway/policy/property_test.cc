// What must hold for any policy: denying more never lets more, letting less never lets more, and order is nothing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "gateway/policy/decide.h"
#include "gateway/policy/rule_index.h"
#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

constexpr int kRounds = 3000;

// The same on every run: std::mt19937 is defined to the bit, and only `%` is used on it.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  template <class T>
  T OneOf(std::initializer_list<T> list) {
    return *(list.begin() + Below(list.size()));
  }
  size_t Below(size_t bound) { return random_() % bound; }

  Rule MakeRule(Effect effect) {
    Rule rule;
    rule.name = "r" + std::to_string(next_name_++);
    rule.effect = effect;
    rule.who = {{OneOf<std::string>({"bot", "*", "b*", "x"})}, {OneOf<std::string>({"g", "h"})}, {"*"}};
    for (size_t i = 0; i <= Below(2); ++i) {
      rule.verbs.Add(
          OneOf<std::string>({"read", "write", "insert", "update", "ddl", "call", "session", "select"}));
    }
    for (size_t i = 0; i < Below(3); ++i) rule.objects.Add(MakeObject());
    MakeConditions(rule);
    rule.hold = {
        {OneOf<std::string>({"dba", "lead"})}, static_cast<uint32_t>(1 + Below(3)), absl::Minutes(1 + Below(9))};
    return rule;
  }

  Rules MakeRules() {
    Rules rules;
    for (size_t i = 0; i <= Below(6); ++i) {
      rules.rules.push_back(MakeRule(OneOf<Effect>({Effect::kAllow, Effect::kAllow, Effect::kHold, Effect::kDeny})));
    }
    Sort(rules);
    return rules;
  }

  sql::Facts MakeFacts() {
    using sql::Verb;
    sql::Facts facts =
        Statement(OneOf<Verb>({Verb::kSelect, Verb::kInsert, Verb::kUpdate, Verb::kDelete, Verb::kReplace,
                               Verb::kDropTable, Verb::kShow, Verb::kSet, Verb::kCall, Verb::kExplain}));
    for (size_t i = 0; i < Below(4); ++i) {
      facts.objects.push_back(Table(OneOf<std::string>({"shop", "hr", "mysql", ""}),
                                    OneOf<std::string>({"a", "b", "*"}), static_cast<sql::Access>(Below(11))));
    }
    if (Below(4) == 0) {
      facts.functions.push_back(
          {OneOf<std::string>({"", "shop"}), "f", static_cast<sql::FunctionClass>(Below(7)), false, false});
    }
    for (size_t i = 0; i < Below(3); ++i) {
      facts.columns.push_back({{OneOf<std::string>({"shop", "hr", ""}), OneOf<std::string>({"a", "b", ""}),
                                OneOf<std::string>({"c", "d", "*"}), Below(2) == 0},
                               OneOf({sql::ColumnRole::kProjected, sql::ColumnRole::kAssigned})});
    }
    if (facts.verb == Verb::kSet) {
      facts.variables.push_back({sql::VariableScope::kSession, OneOf<std::string>({"foo", "bar"}), true, "1"});
    }
    facts.has_where = Below(2) == 0;
    facts.has_limit = Below(2) == 0;
    facts.columns_cut = Below(12) == 0;
    facts.locking_read = Below(6) == 0;
    facts.session.harmless_startup = Below(20) == 0;
    facts.session.moves_pinned_state = Below(20) == 0;
    return facts;
  }

  SessionFacts MakeSession() {
    SessionFacts session = Agent("bot", {OneOf<std::string>({"g", "h", "i"})});
    session.default_schema = OneOf<std::string>({"shop", "hr", ""});
    if (Below(2) == 0) session.lower_case_table_names.reset();
    if (Below(4) != 0) session.now = absl::FromUnixSeconds(static_cast<int64_t>(Below(14) * 43200));
    return session;
  }

  static void Sort(Rules& rules) {
    std::sort(rules.rules.begin(), rules.rules.end(), [](const Rule& a, const Rule& b) { return a.name < b.name; });
  }
  void Shuffle(Rules& rules) {
    for (size_t i = rules.rules.size(); i > 1; --i) std::swap(rules.rules[i - 1], rules.rules[Below(i)]);
  }

 private:
  // Some rules have a window, conditions, or calls that they let.
  void MakeConditions(Rule& rule) {
    if (Below(5) == 0) rule.when = TimeWindow{.from = 6 * 3600, .until = static_cast<uint32_t>(20 * 3600)};
    if (Below(6) == 0) rule.conditions.columns.push_back({"shop", OneOf<std::string>({"a", "*"}), OneOf<std::string>({"c", "*"})});
    if (rule.effect == Effect::kDeny) return;
    rule.conditions.require_where = Below(6) == 0;
    rule.conditions.require_limit = Below(8) == 0;
    if (Below(6) == 0) rule.calls.Add({"", "shop", "f"});
    if (Below(6) == 0) rule.calls.Add({"function", "", "f"});
    if (Below(6) == 0) rule.session = {"foo"};
    if (Below(3) == 0) rule.limits.max_rows = Below(100);
  }

  ObjectPattern MakeObject() {
    return {"", OneOf<std::string>({"shop", "hr", "*", "s*", "mysql"}), OneOf<std::string>({"*", "a", "b", "a*"})};
  }

  std::mt19937 random_;
  int next_name_ = 100;
};

TEST_CASE("one more deny never lets more") {
  Generator make(1);
  int changed = 0;
  for (int i = 0; i < kRounds; ++i) {
    Rules rules = make.MakeRules();
    const sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    const Effect before = Decide(rules, facts, session).effect();
    rules.rules.push_back(make.MakeRule(Effect::kDeny));
    const Effect after = Decide(rules, facts, session).effect();
    changed += after != before;
    REQUIRE(after >= before);
  }
  CHECK(changed > kRounds / 100);
}

TEST_CASE("one more hold never lets more run without a human than an allow would") {
  Generator make(2);
  for (int i = 0; i < kRounds; ++i) {
    Rules rules = make.MakeRules();
    const sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    const Decision before = Decide(rules, facts, session);
    rules.rules.push_back(make.MakeRule(Effect::kHold));
    // Locking needs a right to change rows, and a hold gives one.
    if (before.rule() == builtin::kLockingRead) continue;
    const Decision after = Decide(rules, facts, session);
    if (!before.allowed()) REQUIRE_FALSE(after.allowed());
    if (before.held() && after.held()) REQUIRE(after.terms().approvals_needed >= before.terms().approvals_needed);
  }
}

TEST_CASE("one allow fewer never lets more") {
  Generator make(3);
  int changed = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Rules rules = make.MakeRules();
    const sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    const Effect before = Decide(rules, facts, session).effect();
    for (size_t k = 0; k < rules.rules.size(); ++k) {
      if (rules.rules[k].effect != Effect::kAllow) continue;
      Rules fewer = rules;
      fewer.rules.erase(fewer.rules.begin() + static_cast<ptrdiff_t>(k));
      const Effect after = Decide(fewer, facts, session).effect();
      changed += after != before;
      REQUIRE(after >= before);
    }
  }
  CHECK(changed > kRounds / 100);
}

TEST_CASE("order is nothing: every order of the rules gives the same effect and terms") {
  Generator make(4);
  for (int i = 0; i < kRounds; ++i) {
    Rules rules = make.MakeRules();
    const sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    const Decision before = Decide(rules, facts, session);
    make.Shuffle(rules);
    const Decision after = Decide(rules, facts, session);
    REQUIRE(after.effect() == before.effect());
    REQUIRE(after.terms() == before.terms());
  }
}

TEST_CASE("an index of the rules decides nothing") {
  Generator make(6);
  for (int i = 0; i < kRounds; ++i) {
    Rules rules = make.MakeRules();
    const sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    const Decision without = Decide(rules, facts, session);
    IndexRules(rules);
    CAPTURE(sql::ToText(facts), without.reason());
    REQUIRE(Decide(rules, facts, session) == without);
  }
}

TEST_CASE("a statement with one object more is never let sooner") {
  Generator make(5);
  for (int i = 0; i < kRounds; ++i) {
    const Rules rules = make.MakeRules();
    sql::Facts facts = make.MakeFacts();
    const SessionFacts session = make.MakeSession();
    if (facts.objects.empty() || facts.locking_read) continue;
    sql::Facts fewer = facts;
    facts.objects.push_back(Table("shop", "a", sql::Access::kRead));
    // The added read may stand for the statement's own verb only where that verb reads.
    if (sql::GroupOf(facts.verb) == sql::VerbGroup::kRead) {
      REQUIRE(Decide(rules, facts, session).effect() >= Decide(rules, fewer, session).effect());
    }
  }
}

}  // namespace
}  // namespace postern::policy
