// What the journal is told of approvals. Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_APPROVAL_RECORDS_H_
#define POSTERN_GATEWAY_APPROVAL_RECORDS_H_

#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::approval {

v1::Record RequestedRecord(const v1::Approval& approval, absl::Time now, absl::Time expires);
v1::Record DecidedRecord(const v1::Approval& approval, v1::ApprovalDecided::Verdict verdict, std::string_view reviewer,
                         std::string_view reason, absl::Time now);
v1::Record UsedRecord(const v1::Approval& approval, const std::string& session_id, const std::string& statement_id, absl::Time now);
// The last vote of the approval, one that does not decide it yet.
v1::Record VoteRecord(const v1::Approval& approval, absl::Time now);

void AddVote(v1::Approval& approval, std::string_view reviewer, bool approve, std::string_view reason, absl::Time now);
// Names of those who approved, in the order of their votes: "ann, bob".
std::string Approvers(const v1::Approval& approval);
v1::Approval::State StateOf(v1::ApprovalDecided::Verdict verdict);

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_RECORDS_H_
