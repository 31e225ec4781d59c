// A policy in force: an immutable snapshot, shared by every session that started under it and swapped whole at reload.
// Made by load_rules.h only. Any thread.
#ifndef POSTERN_GATEWAY_POLICY_RULES_H_
#define POSTERN_GATEWAY_POLICY_RULES_H_

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/policy/budget.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/detector.h"
#include "gateway/policy/limits.h"
#include "gateway/policy/mask.h"
#include "gateway/policy/object_set.h"
#include "gateway/policy/time_window.h"
#include "gateway/policy/verb_set.h"

namespace postern::policy {

// "name", "prefix*" or "*".
bool Matches(std::string_view pattern, std::string_view name);
bool MatchesAny(const std::vector<std::string>& patterns, std::string_view name);

// Whom a rule or an access entry speaks of: an agent named by `agents`, or a member of one of `groups`; on `targets`.
struct Who {
  std::vector<std::string> agents;
  std::vector<std::string> groups;
  std::vector<std::string> targets;

  bool Covers(std::string_view agent, const std::vector<std::string>& member_of, std::string_view target) const;
};

// "shop.customers.email", "shop.*.card_number", "shop.customers.*".
struct ColumnPattern {
  std::string schema;
  std::string table;
  std::string column;

  std::string ToString() const;
};

// What a statement must be like for an allow or a hold to cover it.
struct Conditions {
  bool require_where = false;  // on reads, updates and deletes of rows: a WHERE that looks at the row
  bool require_limit = false;  // on the same: a LIMIT
  // Not empty: of the objects only these columns, whatever is done with them.
  std::vector<ColumnPattern> columns;
};

struct Rule {
  std::string name;
  Who who;
  std::optional<TimeWindow> when;
  Effect effect = Effect::kDeny;
  VerbSet verbs;
  // Empty: for deny whatever the statement touches; for allow and hold only what touches no object.
  ObjectSet objects;
  // Routines in schemas and functions ("@function.SLEEP") that an allow or hold covers without the verb call.
  ObjectSet calls;
  // System variables of the session that an allow or hold covers in SET, to literal values; lower case.
  std::vector<std::string> session;
  // Of a deny, only `columns`: the statement touches one of them.
  Conditions conditions;
  StatementLimits limits;
  HoldTerms hold;
  bool multi_statements = false;
};

// Uses of a masked column other than showing it.
enum class MaskedUse : uint8_t { kRefuse, kCompareEqual, kAny };  // the earlier is stricter

struct MaskRule {
  Who who;
  std::vector<std::string> except_groups;
  std::vector<ColumnPattern> columns;
  Mask mask;
  MaskedUse use = MaskedUse::kRefuse;
};

struct DetectorRule {
  Who who;
  Detector detector;
};

// How a task's door opens. The later is stricter.
enum class Open : uint8_t {
  kAutomatic,  // at once, and for a plain login too
  kApproval,   // once a reviewer approved the task
  kRefused,
};

// On what terms a task of an agent has a target's door open.
struct AccessTerms {
  Open open = Open::kAutomatic;
  HoldTerms approval;                       // of kApproval
  absl::Duration max_ttl = absl::Hours(1);  // it ends after that, whatever it does
  absl::Duration idle = absl::Minutes(5);   // or when it sent nothing for so long
  uint32_t connections = 4;                 // sessions that may be open at once
  BudgetTerms budget;                       // of all its sessions together

  friend bool operator==(const AccessTerms&, const AccessTerms&) = default;
};

struct AccessEntry {
  Who who;
  AccessTerms terms;
};

class RuleIndex;  // rule_index.h

struct Rules {
  std::string version;  // short hash of `text`
  std::string text;
  std::vector<Rule> rules;  // by name
  std::vector<AccessEntry> access;
  std::vector<MaskRule> masks;
  std::vector<DetectorRule> detectors;
  // Finds rules fast; made of `rules` by IndexRules, and worth nothing once they change. Null: each rule is looked at.
  std::shared_ptr<const RuleIndex> index;
};

using RulesPtr = std::shared_ptr<const Rules>;

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_RULES_H_
