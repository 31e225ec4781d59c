// From policy.yaml to Rules, strictly: an unknown key, verb, word or a wrong type is a problem with its line and
// column. No I/O but reading the one file; any thread.
#ifndef POSTERN_GATEWAY_POLICY_LOAD_RULES_H_
#define POSTERN_GATEWAY_POLICY_LOAD_RULES_H_

#include <string>
#include <string_view>

#include "common/config/problem.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

inline constexpr size_t kMaxPolicyBytes = 1 << 20;

// Rules::version of a policy with this text.
std::string VersionOf(std::string_view text);

config::Loaded<RulesPtr> LoadRules(const std::string& path);
// `name` stands for the file in problems.
config::Loaded<RulesPtr> ParseRules(std::string_view text, const std::string& name);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_LOAD_RULES_H_
