#include "gateway/approval/may_decide.h"

#include <algorithm>

#include "gateway/identity/reserved_names.h"

namespace postern::approval {

absl::Status MayDecide(const v1::Approval& approval, const identity::Principal& reviewer) {
  if (reviewer.kind != v1::PRINCIPAL_KIND_PERSON) return absl::PermissionDeniedError("only people decide approvals");
  if (reviewer.name.empty()) return absl::PermissionDeniedError("a reviewer needs a name");
  if (approval.agent() == identity::kVerificationAgent) {
    return absl::PermissionDeniedError("the gateway sent this to see whether it is held: it takes it back itself");
  }
  const v1::TaskInfo& task = approval.task();
  if (reviewer.name == approval.agent() || reviewer.name == task.requester()) return absl::PermissionDeniedError("nobody decides their own request");
  if (reviewer.name == task.sponsor()) return absl::PermissionDeniedError("nobody decides for a task that they sponsor");
  if (std::find(reviewer.roles.begin(), reviewer.roles.end(), v1::ROLE_REVIEWER) == reviewer.roles.end()) {
    return absl::PermissionDeniedError("deciding needs the role reviewer");
  }
  const auto& groups = approval.reviewers();
  const bool member = std::any_of(reviewer.groups.begin(), reviewer.groups.end(), [&](const std::string& group) {
    return std::find(groups.begin(), groups.end(), group) != groups.end();
  });
  if (!member) return absl::PermissionDeniedError("you are in none of the groups that may decide this");
  return absl::OkStatus();
}

}  // namespace postern::approval
