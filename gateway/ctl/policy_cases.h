// Cases of what a policy should decide, as a file for users' own CI: YAML, read strictly. Pure but for reading the file.
#ifndef POSTERN_GATEWAY_CTL_POLICY_CASES_H_
#define POSTERN_GATEWAY_CTL_POLICY_CASES_H_

#include <string>
#include <vector>

#include "common/config/problem.h"
#include "gateway/publishing/question.h"

namespace postern::ctl {

struct PolicyCase {
  std::string name;
  publishing::Question question;
  policy::Effect expect = policy::Effect::kDeny;
  std::string rule;  // empty: any
};

config::Loaded<std::vector<PolicyCase>> LoadCases(const std::string& path, absl::Time now);

// Empty: as expected. Else what was decided instead.
std::string Contradiction(const PolicyCase& wanted, const policy::Decision& decision);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_POLICY_CASES_H_
