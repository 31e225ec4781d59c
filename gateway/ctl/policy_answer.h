// What a policy says of a statement, for people and for programs. Pure.
#ifndef POSTERN_GATEWAY_CTL_POLICY_ANSWER_H_
#define POSTERN_GATEWAY_CTL_POLICY_ANSWER_H_

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "proto/postern/v1/policy.pb.h"

namespace postern::ctl {

// "max_rows 10, max_execution_time 5s"; empty without limits.
std::string LimitsText(const v1::PolicyAnswer::Limits& limits);

void TellAnswer(const v1::PolicyAnswer& answer, std::ostream& out);
nlohmann::ordered_json AnswerJson(const v1::PolicyAnswer& answer);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_POLICY_ANSWER_H_
