// What a policy says of one statement, without running it: read as the gateway would read it, decided by the gateway's own
// rules. For people who write policies; pure, any thread.
#ifndef POSTERN_GATEWAY_PUBLISHING_QUESTION_H_
#define POSTERN_GATEWAY_PUBLISHING_QUESTION_H_

#include <string>

#include "common/sql/read.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"
#include "proto/postern/v1/policy.pb.h"

namespace postern::publishing {

struct Question {
  policy::SessionFacts session;  // sql_mode is the dialect's
  sql::Dialect dialect;
  std::string statement;
  bool use_schema = false;  // the statement is the name of a schema that is to be selected
  // By which names are resolved; null: what masks refuse is not decided. REQUIRES: lives until the answer is there.
  const sql::Schema* schema = nullptr;
};

// Several statements are decided as one packet of an agent that may send several.
policy::Decision Decide(const policy::Rules& rules, const Question& question);

// The same decision with all that led to it.
v1::PolicyAnswer Explain(const policy::Rules& rules, const Question& question);

v1::PolicyAnswer::Limits ToProto(const policy::StatementLimits& limits);

}  // namespace postern::publishing

#endif  // POSTERN_GATEWAY_PUBLISHING_QUESTION_H_
