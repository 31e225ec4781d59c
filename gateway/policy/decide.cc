#include "gateway/policy/decide.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "common/config/cat.h"
#include "gateway/policy/demand.h"
#include "gateway/policy/explain.h"
#include "gateway/policy/match.h"
#include "gateway/policy/refuse_always.h"

namespace postern::policy {
namespace {

using config::Cat;

// In the order of their names, since Rules are.
RuleList RulesFor(const Rules& rules, const SessionFacts& session) {
  RuleList applying;
  for (const Rule& rule : rules.rules) {
    if (AppliesTo(rule, session)) applying.push_back(&rule);
  }
  return applying;
}

Decision DeniedBy(const Rule& rule, std::string_view what, const RuleList& rules) {
  std::string reason = Cat(what, " is denied by rule \"", rule.name, "\"");
  if (const std::string let = WhatIsLet(rules); !let.empty()) config::Append(reason, "; ", let);
  return Decision::Deny(rule.name, std::move(reason));
}

// Ctrl-C of every client is a KILL: a rule that denies the group admin does not mean it, one that names it does.
bool DeniesKill(const Rule& rule) {
  return std::any_of(rule.verbs.begin(), rule.verbs.end(),
                     [](const std::string& v) { return v == "kill" || v == "*"; });
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

std::optional<Decision> DecideDenials(const RuleList& rules, const sql::Facts& facts,
                                      const std::vector<Demand>& demands) {
  for (const Rule* rule : rules) {
    if (rule->effect != Effect::kDeny || !Denies(*rule, facts, demands)) continue;
    if (facts.verb == sql::Verb::kKill && !DeniesKill(*rule)) continue;
    return DeniedBy(*rule, WhatIsDenied(*rule, facts, demands), rules);
  }
  return std::nullopt;
}

// Their values are the session's: a reviewer would not see them.
bool ReadsUserVariables(const sql::Facts& facts) {
  return std::any_of(facts.variables.begin(), facts.variables.end(), [](const sql::VariableUse& use) {
    return use.scope == sql::VariableScope::kUser && !use.set;
  });
}

// What covers the demands together. Several rules may hold one statement: it then needs the strictest of all their
// terms.
class Coverage {
 public:
  Coverage(const RuleList& rules, const SessionFacts& session) : rules_(rules), session_(session) {}

  Decision Of(const sql::Facts& facts, const std::vector<Demand>& demands) {
    for (const Demand& demand : demands) {
      if (!Take(demand)) return Uncovered(demand);
    }
    HoldInDoubt(facts, demands);
    if (holds_.empty()) return Decision::Allow(allowed_by_->name);
    if (ReadsUserVariables(facts)) {
      return Decision::Deny(builtin::kHeldVariables,
                            "a statement that a reviewer decides on must say what it does: write values in place of user "
                            "variables");
    }
    return Held(demands.front());
  }

 private:
  bool Take(const Demand& demand) {
    if (demand.guarded_only) return true;
    const Rule* allows = nullptr;
    bool held = false;
    for (const Rule* rule : rules_) {
      if (rule->effect == Effect::kDeny || !Covers(*rule, demand, session_)) continue;
      if (demand.lock_only) return true;
      if (rule->effect == Effect::kHold) held = Hold(rule);
      if (rule->effect == Effect::kAllow && allows == nullptr) allows = rule;
    }
    if (allowed_by_ == nullptr) allowed_by_ = allows;
    return held || allows != nullptr;
  }

  // Covering is a narrow test, since it lets. A rule that holds must not be escaped by another spelling, by naming the whole
  // schema or by an allow that is more exact, so it also holds whatever it would deny if it denied.
  void HoldInDoubt(const sql::Facts& facts, const std::vector<Demand>& demands) {
    // EXPLAIN looks and touches nothing, except that MariaDB runs the functions of its derived tables.
    const bool only_calls = facts.nested && !facts.executes_nested;
    std::vector<Demand> strict;
    std::copy_if(demands.begin(), demands.end(), std::back_inserter(strict), [&](const Demand& demand) {
      if (only_calls && demand.verb != sql::Verb::kCall) return false;
      return !demand.lock_only && !demand.metadata;
    });
    for (const Rule* rule : rules_) {
      if (rule->effect == Effect::kHold && !strict.empty() && Denies(*rule, facts, strict)) Hold(rule);
    }
  }

  bool Hold(const Rule* rule) {
    if (std::find(holds_.begin(), holds_.end(), rule) == holds_.end()) holds_.push_back(rule);
    return true;
  }

  Decision Uncovered(const Demand& demand) const {
    std::string reason = NothingMatched(demand, rules_, session_);
    if (demand.otherwise == builtin::kFunction) {
      config::Append(reason, "; a function that may do more than compute needs a rule with verb call",
                     demand.place.schema.empty() ? ", or its schema before its name" : "");
    }
    if (demand.otherwise == builtin::kLockingRead) {
      reason = Cat("rows of ", Describe(demand).substr(sizeof("select on ") - 1),
                   " may be locked only where they may be changed; read them without FOR UPDATE or FOR SHARE");
    }
    return Decision::Deny(demand.otherwise, std::move(reason));
  }

  Decision Held(const Demand& first) const {
    HoldTerms terms = holds_.front()->hold;
    std::vector<std::string> names;
    for (const Rule* rule : holds_) {
      names.push_back(rule->name);
      terms.approvals_needed = std::max(terms.approvals_needed, rule->hold.approvals_needed);
      terms.wait = std::min(terms.wait, rule->hold.wait);
      std::erase_if(terms.reviewers, [&](const std::string& group) {
        const auto& others = rule->hold.reviewers;
        return std::find(others.begin(), others.end(), group) == others.end();
      });
    }
    std::sort(names.begin(), names.end());
    if (terms.reviewers.empty()) {
      return Decision::Deny(builtin::kConflictingHolds, Cat("the rules that hold this (", config::Join(names, ", "),
                                                            ") share no group of reviewers; split the statement"));
    }
    std::string reason = Cat(Describe(first), " waits for ", terms.approvals_needed,
                             terms.approvals_needed == 1 ? " approval" : " approvals", " by ",
                             config::Join(terms.reviewers, ", "), " (", config::Join(names, ", "), ")");
    return Decision::Hold(names.front(), std::move(terms), std::move(reason));
  }

  const RuleList& rules_;
  const SessionFacts& session_;
  const Rule* allowed_by_ = nullptr;
  RuleList holds_;
};

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
  const RuleList applying = RulesFor(rules, session);
  const std::vector<Demand> demands = DemandsOf(facts, session);
  if (std::optional<Decision> denied = DecideDenials(applying, facts, demands)) return *denied;
  if (std::optional<Decision> refused = RefuseAlways(facts, session)) return *refused;
  if (facts.verb == sql::Verb::kKill) return Decision::Allow(builtin::kKill);
  if (facts.use_schema) return UseOf(applying, session, *facts.use_schema);
  if (facts.session.harmless_startup) return Decision::Allow(builtin::kStartup);
  if (const Demand* demand = WithoutSchema(demands)) {
    return Decision::Deny(builtin::kNoSchema, Cat(Describe(*demand), ": no schema is selected; write schema.",
                                                  Printable(demand->place.name), " or USE a schema first"));
  }
  return Coverage(applying, session).Of(facts, demands);
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
