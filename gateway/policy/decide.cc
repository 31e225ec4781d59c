#include "gateway/policy/decide.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "common/config/cat.h"
#include "gateway/policy/coverage.h"
#include "gateway/policy/demand.h"
#include "gateway/policy/explain.h"
#include "gateway/policy/match.h"
#include "gateway/policy/refuse_always.h"
#include "gateway/policy/rule_index.h"

namespace postern::policy {
namespace {

using config::Cat;

RuleList Pick(const Rules& rules, const RuleBits& found, const SessionFacts& session) {
  RuleList picked;
  picked.reserve(16);
  Clock clock(session);
  found.Each([&](size_t i) {
    if (clock.Counts(rules.rules[i])) picked.push_back(&rules.rules[i]);
  });
  return picked;
}

// In the order of their names, since Rules are.
RuleList RulesFor(const Rules& rules, const SessionFacts& session) {
  if (rules.index != nullptr) return Pick(rules, rules.index->ForSession(session), session);
  RuleList applying;
  for (const Rule& rule : rules.rules) {
    if (AppliesTo(rule, session)) applying.push_back(&rule);
  }
  return applying;
}

// Of these, those that may speak of the statement.
RuleList RulesAbout(const Rules& rules, const Asked& asked, const std::vector<Demand>& demands) {
  if (rules.index == nullptr) return RulesFor(rules, asked.session);
  RuleBits found = rules.index->ForSession(asked.session);
  found &= rules.index->ForStatement(asked.facts, demands);
  return Pick(rules, found, asked.session);
}

Decision DeniedBy(const Rule& rule, std::string_view what, const RuleList& rules) {
  std::string reason = Cat(what, " is denied by rule \"", rule.name, "\"");
  if (const std::string let = WhatIsLet(rules); !let.empty()) config::Append(reason, "; ", let);
  return Decision::Deny(rule.name, std::move(reason));
}

// Ctrl-C of every client is a KILL: a rule that denies the group admin does not mean it, one that names it does.
bool DeniesKill(const Rule& rule) {
  return rule.verbs.NamesInFull(sql::Verb::kKill) || rule.verbs.NamesEverything();
}

// The demand that the rule names, or the statement as a whole at the place of its first.
std::string WhatIsDenied(const Rule& rule, const sql::Facts& facts, const std::vector<Demand>& demands) {
  for (const Demand& demand : demands) {
    if (DeniesVerb(rule, demand.verb)) return Describe(demand);
  }
  Demand statement = demands.front();
  statement.verb = facts.verb;
  return Describe(statement);
}

// The rule that denies the statement; null if none does.
const Rule* Denier(const RuleList& rules, const Asked& asked, const std::vector<Demand>& demands) {
  for (const Rule* rule : rules) {
    if (rule->effect != Effect::kDeny || !Denies(*rule, asked, demands)) continue;
    if (asked.facts.verb == sql::Verb::kKill && !DeniesKill(*rule)) continue;
    return rule;
  }
  return nullptr;
}

const Demand* WithoutSchema(const std::vector<Demand>& demands) {
  for (const Demand& demand : demands) {
    if (demand.has_place && demand.place.kind.empty() && demand.place.schema.empty()) return &demand;
  }
  return nullptr;
}

Decision UseOf(const RuleList& rules, const SessionFacts& session, std::string_view schema) {
  const bool visible = std::any_of(rules.begin(), rules.end(), [&](const Rule* rule) {
    return rule->effect != Effect::kDeny && ReachesInto(*rule, schema, session);
  });
  if (visible) return Decision::Allow(builtin::kStartup);
  return Decision::Deny(builtin::kSchemaNotVisible,
                        Cat("no rule lets ", Printable(session.agent), " do anything in schema ", Printable(schema)));
}

}  // namespace

Decision Decide(const Rules& rules, const sql::Facts& facts, const SessionFacts& session) noexcept {
  const Asked asked{facts, session};
  const std::vector<Demand> demands = DemandsOf(facts, session);
  const RuleList about = RulesAbout(rules, asked, demands);
  const std::function<RuleList()> everything = [&] { return RulesFor(rules, session); };
  if (const Rule* denier = Denier(about, asked, demands)) {
    return DeniedBy(*denier, WhatIsDenied(*denier, facts, demands), everything());
  }
  if (std::optional<Decision> refused = RefuseAlways(facts, session)) return *refused;
  if (facts.verb == sql::Verb::kKill) return Decision::Allow(builtin::kKill);
  if (facts.use_schema) return UseOf(everything(), session, *facts.use_schema);
  if (facts.session.harmless_startup) return Decision::Allow(builtin::kStartup);
  if (const Demand* demand = WithoutSchema(demands)) {
    return Decision::Deny(builtin::kNoSchema, Cat(Describe(*demand), ": no schema is selected; write schema.",
                                                  Printable(demand->place.name), " or USE a schema first"));
  }
  return Coverage(about, everything, asked).Of(demands);
}

Decision RefuseUnparsed(const Rules& rules, const SessionFacts& session, const sql::ParseError& error) noexcept {
  if (error.kind == sql::ParseErrorKind::kMultipleStatements) {
    return Decision::Deny(builtin::kMultiStatements,
                          "only one statement at a time may be sent here; send them one by one, or have a rule with "
                          "multi_statements: true and a client that asks for several");
  }
  const RuleList applying = RulesFor(rules, session);
  for (const Rule* rule : applying) {
    if (rule->effect != Effect::kDeny || !DeniesVerb(*rule, error.hint)) continue;
    return DeniedBy(*rule, Cat("what reads like ", sql::VerbName(error.hint)), applying);
  }
  return Decision::Deny(builtin::kUnparsed,
                        Cat("only statements that are understood whole are run: ", error.ToString()));
}

Decision DecideUse(const Rules& rules, const SessionFacts& session, std::string_view schema) noexcept {
  sql::Facts facts;
  facts.verb = sql::Verb::kUse;
  facts.group = sql::GroupOf(facts.verb);
  facts.use_schema = std::string(schema);
  facts.objects.push_back({sql::ObjectKind::kSchema, {}, std::string(schema), sql::Access::kInspect});
  return Decide(rules, facts, session);
}

bool SchemaVisible(const Rules& rules, const SessionFacts& session, std::string_view schema) noexcept {
  return DecideUse(rules, session, schema).allowed();
}

bool MultiStatementsAllowed(const Rules& rules, const SessionFacts& session) noexcept {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [&](const Rule& rule) { return rule.multi_statements && AppliesTo(rule, session); });
}

}  // namespace postern::policy
