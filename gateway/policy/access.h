// Who may log in where, and on what terms. Pure functions, any thread.
#ifndef POSTERN_GATEWAY_POLICY_ACCESS_H_
#define POSTERN_GATEWAY_POLICY_ACCESS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/policy/rules.h"

namespace postern::policy {

// Empty: no entry of `access` covers the agent there, or one refuses it, so it cannot log in. Where several do, the tightest
// terms of each: where entries want approval, by the groups that all of these name, and nobody if there is none.
std::optional<AccessTerms> AccessFor(const Rules& rules, std::string_view agent, const std::vector<std::string>& groups,
                                     std::string_view target) noexcept;

// Those of `known` that the agent may log in to, for a login that names no target.
std::vector<std::string> TargetsOf(const Rules& rules, std::string_view agent, const std::vector<std::string>& groups,
                                   const std::vector<std::string>& known);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_ACCESS_H_
