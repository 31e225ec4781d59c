// One entry of `rules` in a policy file, and what others have in common with it. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_LOAD_RULE_H_
#define POSTERN_GATEWAY_POLICY_LOAD_RULE_H_

#include <set>
#include <string>

#include "common/config/document.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

// `names`: those of the rules before it.
Rule ReadRule(config::Section& section, std::set<std::string>& names);
// `reviewers`, `approvals`, `wait` and `reason`, of a hold or of an access entry.
HoldTerms ReadReviewers(config::Section& section);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_LOAD_RULE_H_
