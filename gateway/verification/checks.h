// What is made of what a run saw: pure judgements, each a pass or a failure with its sentence.
#ifndef POSTERN_GATEWAY_VERIFICATION_CHECKS_H_
#define POSTERN_GATEWAY_VERIFICATION_CHECKS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/mysql/flow/text_reply.h"
#include "gateway/verification/options.h"
#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/task.pb.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::verification {

struct Judgement {
  bool passed = false;
  std::string detail;  // one line, without values of the database
};
Judgement Passed(std::string detail);
Judgement Failed(std::string detail);

using Reply = absl::StatusOr<mysql::TextReply>;

// The approval that a refusal names as what the statement waits for ("decision=held … approval=apr_…"); empty: it was not held.
std::string ApprovalOf(std::string_view refusal);

// How a statement that should have worked did not; empty: it did.
std::string Problem(const Reply& reply);

// Of a task that has ended, or should have.
Judgement JudgeConnection(const v1::Task& task);

// The write's own answer. Held is only the first half: see JudgeTakenBack.
Judgement JudgeHeld(const Reply& reply);
// The approval after it was taken back: void, approved by nobody, used by nothing.
Judgement JudgeTakenBack(const v1::Approval& approval);

// The answer to the query of a masked column, with the records of its session.
Judgement JudgeMasked(const MaskedCanary& canary, const Reply& reply, const std::vector<v1::Record>& records);

// What the record of a run must hold.
struct Expected {
  std::string agent;
  std::string target;
  std::string task_id;
  // As they were sent, in that order.
  std::vector<std::string> statements;
  // Of the write, if it was held.
  std::string approval_id;
  // Whether a door and its proof of close have to be there.
  bool door_proven = false;
};
// Empty when nothing is missing and nothing contradicts it; else the first such thing.
std::string Missing(const Expected& expected, const std::vector<v1::Record>& records);

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_CHECKS_H_
