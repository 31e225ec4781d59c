// Approvals for people. The statement comes from whoever wants it approved; nothing of it reaches the terminal raw.
#ifndef POSTERN_GATEWAY_CTL_SHOW_APPROVAL_H_
#define POSTERN_GATEWAY_CTL_SHOW_APPROVAL_H_

#include <absl/time/time.h>

#include <iosfwd>
#include <vector>

#include "proto/postern/v1/approval.pb.h"

namespace postern::ctl {

// Everything, with the whole statement and its parameters.
void ShowApproval(const v1::Approval& approval, absl::Time now, std::ostream& out);
// A table, one line each.
void ListApprovals(const google::protobuf::RepeatedPtrField<v1::Approval>& approvals, absl::Time now,
                   std::ostream& out);
// One line, for a watch.
void AnnounceApproval(const v1::Approval& approval, absl::Time now, std::ostream& out);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SHOW_APPROVAL_H_
