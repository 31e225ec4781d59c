// The words after `posternctl policy`, one file each or two of a kind. Inside this folder only.
#ifndef POSTERN_GATEWAY_CTL_POLICY_COMMANDS_H_
#define POSTERN_GATEWAY_CTL_POLICY_COMMANDS_H_

#include <string>

#include "gateway/ctl/invocation.h"
#include "gateway/policy/rules.h"

namespace CLI {
class App;
}

namespace postern::ctl {

void AddPolicyExplain(CLI::App& policy, Invocation& invocation);
void AddPolicyTest(CLI::App& policy, Invocation& invocation);
void AddPolicyDiff(CLI::App& policy, Invocation& invocation);
void AddPolicyPublish(CLI::App& policy, Invocation& invocation);  // apply, versions, rollback

// Null: the file is no policy, and stderr says why.
policy::RulesPtr LoadOrTell(Invocation& invocation, const std::string& file);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_POLICY_COMMANDS_H_
