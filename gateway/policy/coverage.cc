#include "gateway/policy/coverage.h"

#include <algorithm>
#include <iterator>

#include "common/config/cat.h"

namespace postern::policy {
namespace {

using config::Cat;

// Who it is and what is selected: the same for every statement of the session, or told to the reviewer.
bool IsKnownOfSession(std::string_view function) {
  constexpr std::string_view kKnown[] = {"CURRENT_ROLE", "CURRENT_ROLE_IN", "CURRENT_USER", "CURRENT_USER_IN", "DATABASE",
                                         "SCHEMA",       "SESSION_USER",    "SYSTEM_USER",  "USER",            "VERSION"};
  return std::find(std::begin(kKnown), std::end(kKnown), function) != std::end(kKnown);
}

// What earlier statements left in the session: a reviewer would not see it.
bool ReadsSession(const sql::Facts& facts) {
  const auto variable = [](const sql::VariableUse& use) {
    return !use.set && (use.scope == sql::VariableScope::kUser || use.scope == sql::VariableScope::kSession);
  };
  const auto function = [](const sql::FunctionUse& use) {
    return use.cls == sql::FunctionClass::kReadsSession && !IsKnownOfSession(use.name);
  };
  return std::any_of(facts.variables.begin(), facts.variables.end(), variable) ||
         std::any_of(facts.functions.begin(), facts.functions.end(), function);
}

// EXPLAIN looks and touches nothing, except that MariaDB runs the functions of its derived tables.
bool MayBeHeld(const Demand& demand, const sql::Facts& facts) {
  const bool only_calls = facts.nested && !facts.executes_nested;
  if (only_calls && demand.verb != sql::Verb::kCall) return false;
  return !demand.lock_only && !demand.metadata;
}

std::string_view WantedText(Cover wanted) {
  switch (wanted) {
    case Cover::kWantsWhere: return "with a WHERE that looks at the row";
    case Cover::kWantsLimit: return "with a LIMIT";
    case Cover::kWantsOtherColumns: return "with no other columns than";
    case Cover::kNot:
    case Cover::kCovers: break;
  }
  return "";
}

std::string ColumnsText(const Rule& rule) {
  constexpr size_t kMost = 8;
  std::string out;
  for (size_t i = 0; i < rule.conditions.columns.size(); ++i) {
    if (i == kMost) return out + ", ...";
    config::Append(out, i == 0 ? "" : ", ", rule.conditions.columns[i].ToString());
  }
  return out;
}

}  // namespace

Decision Coverage::Of(const std::vector<Demand>& demands) {
  for (const Demand& demand : demands) {
    if (!Take(demand)) return wanting_ != nullptr ? Unmet(demand, *wanting_, wanted_) : Uncovered(demand);
  }
  HoldInDoubt(demands);
  if (refused_) return Unmet(demands.front(), *wanting_, wanted_);
  if (holds_.empty()) return Decision::Allow(allowed_by_->name).Within(limits_);
  if (ReadsSession(asked_.facts)) {
    return Decision::Deny(builtin::kHeldVariables,
                          "a statement that a reviewer decides on must say what it does: write values in place of variables "
                          "and of functions that tell what came before, such as LAST_INSERT_ID()");
  }
  return Held(demands.front()).Within(limits_);
}

bool Coverage::Take(const Demand& demand) {
  if (demand.guarded_only) return true;
  const Rule* allows = nullptr;
  bool held = false;
  wanting_ = nullptr;
  for (const Rule* rule : rules_) {
    if (rule->effect == Effect::kDeny) continue;
    const Cover cover = CoverOf(*rule, demand, asked_);
    if (cover != Cover::kCovers && cover != Cover::kNot && wanting_ == nullptr) {
      wanting_ = rule;
      wanted_ = cover;
    }
    if (cover != Cover::kCovers) continue;
    if (demand.lock_only) return true;
    if (rule->limits.any()) limits_.Tighten(rule->limits);
    if (rule->effect == Effect::kHold) held = Hold(rule);
    if (rule->effect == Effect::kAllow && allows == nullptr) allows = rule;
  }
  if (allowed_by_ == nullptr) allowed_by_ = allows;
  return held || allows != nullptr;
}

// Covering is a narrow test, since it lets. A rule that holds must not be escaped by another spelling, by naming the whole
// schema or by an allow that is more exact, so it also holds whatever it would deny if it denied; and what it would hold only
// with a WHERE or a LIMIT does not run without, whoever else lets it.
void Coverage::HoldInDoubt(const std::vector<Demand>& demands) {
  const auto holds = [](const Rule* rule) { return rule->effect == Effect::kHold; };
  if (std::none_of(rules_.begin(), rules_.end(), holds)) return;
  std::vector<Demand> strict;
  std::copy_if(demands.begin(), demands.end(), std::back_inserter(strict),
               [&](const Demand& demand) { return MayBeHeld(demand, asked_.facts); });
  if (strict.empty()) return;
  for (const Rule* rule : rules_) {
    if (rule->effect != Effect::kHold || !Denies(*rule, asked_, strict)) continue;
    Hold(rule);
    limits_.Tighten(rule->limits);
    for (const Demand& demand : strict) {
      const Cover cover = CoverOf(*rule, demand, asked_);
      if (refused_ || (cover != Cover::kWantsWhere && cover != Cover::kWantsLimit)) continue;
      refused_ = true;
      wanting_ = rule;
      wanted_ = cover;
    }
  }
}

bool Coverage::Hold(const Rule* rule) {
  if (std::find(holds_.begin(), holds_.end(), rule) == holds_.end()) holds_.push_back(rule);
  return true;
}

Decision Coverage::Unmet(const Demand& demand, const Rule& rule, Cover wanted) const {
  std::string reason =
      Cat("rule \"", rule.name, "\" ", rule.effect == Effect::kHold ? "holds" : "lets", " ", Describe(demand), " only ",
          WantedText(wanted));
  if (wanted == Cover::kWantsOtherColumns) config::Append(reason, " ", ColumnsText(rule));
  return Decision::Deny(builtin::kCondition, std::move(reason));
}

Decision Coverage::Uncovered(const Demand& demand) const {
  std::string reason = NothingMatched(demand, everything_(), asked_.session);
  if (demand.otherwise == builtin::kFunction) {
    config::Append(reason, "; a function that may do more than compute needs a rule with verb call",
                   demand.place.schema.empty() ? " or with it among its functions" : " or with it among its routines");
  }
  if (demand.otherwise == builtin::kLockingRead) {
    reason = Cat("rows of ", Describe(demand).substr(sizeof("select on ") - 1),
                 " may be locked only where they may be changed; read them without FOR UPDATE or FOR SHARE");
  }
  return Decision::Deny(demand.otherwise, std::move(reason));
}

Decision Coverage::Held(const Demand& first) const {
  HoldTerms terms = holds_.front()->hold;
  std::vector<std::string> names;
  for (const Rule* rule : holds_) {
    names.push_back(rule->name);
    terms.approvals_needed = std::max(terms.approvals_needed, rule->hold.approvals_needed);
    terms.wait = std::min(terms.wait, rule->hold.wait);
    terms.window = std::min(terms.window, rule->hold.window);
    terms.reason_required |= rule->hold.reason_required;
    terms.preview |= rule->hold.preview;
    terms.mode = std::min(terms.mode, rule->hold.mode);  // one that waits is enough
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

}  // namespace postern::policy
