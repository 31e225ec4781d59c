// A policy in force: an immutable snapshot, shared by every session that started under it and swapped whole at reload.
// Made by load_rules.h only. Any thread.
#ifndef POSTERN_GATEWAY_POLICY_RULES_H_
#define POSTERN_GATEWAY_POLICY_RULES_H_

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/policy/decision.h"

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

// "shop.orders", "shop.ord*", "shop.*", "*.*" (and "*" for it), or "@kind.name" for what lives in no schema.
struct ObjectPattern {
  std::string kind;  // of "@kind.name"; empty for objects in schemas
  std::string schema;
  std::string name;

  std::string ToString() const;
};

struct Rule {
  std::string name;
  Who who;
  Effect effect = Effect::kDeny;
  std::vector<std::string> verbs;  // names, words and groups of common/sql/facts/verb.h, or "*"
  // Empty: for deny whatever the statement touches; for allow and hold only what touches no object.
  std::vector<ObjectPattern> objects;
  HoldTerms hold;
  bool multi_statements = false;
};

// How the door of a session opens.
struct AccessTerms {
  absl::Duration max_ttl = absl::Hours(1);  // a session ends after that, whatever it does
  absl::Duration idle = absl::Minutes(5);   // or when it sent nothing for so long
  uint32_t connections = 4;                 // sessions the agent may have open at this target at once

  friend bool operator==(const AccessTerms&, const AccessTerms&) = default;
};

struct AccessEntry {
  Who who;
  AccessTerms terms;
};

struct Rules {
  std::string version;  // short hash of `text`
  std::string text;
  std::vector<Rule> rules;  // by name
  std::vector<AccessEntry> access;
};

using RulesPtr = std::shared_ptr<const Rules>;

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_RULES_H_
