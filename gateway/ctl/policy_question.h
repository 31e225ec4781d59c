// What a policy says of one statement, asked at the command line: read as the gateway would read it, decided by the gateway's
// own rules. Pure.
#ifndef POSTERN_GATEWAY_CTL_POLICY_QUESTION_H_
#define POSTERN_GATEWAY_CTL_POLICY_QUESTION_H_

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "common/sql/read.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::ctl {

struct PolicyQuestion {
  policy::SessionFacts session;  // sql_mode is the dialect's
  sql::Dialect dialect;
  std::string statement;
  bool use_schema = false;  // the statement is the name of a schema that is to be selected
};

struct PolicyAnswer {
  policy::Decision decision;
  sql::Reading reading;  // of a batch, of its first statement
};

// Several statements are decided as one packet of an agent that may send several.
PolicyAnswer Answer(const policy::Rules& rules, const PolicyQuestion& question);

// "max_rows 10, max_execution_time 5s"; empty without limits.
std::string LimitsText(const policy::StatementLimits& limits);

void TellAnswer(const policy::Rules& rules, const PolicyQuestion& question, const PolicyAnswer& answer, std::ostream& out);
nlohmann::ordered_json AnswerJson(const policy::Rules& rules, const PolicyQuestion& question, const PolicyAnswer& answer);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_POLICY_QUESTION_H_
