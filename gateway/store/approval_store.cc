#include "gateway/store/approval_store.h"

namespace postern::store {

absl::Status ApprovalStore::Save(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) {
  for (const v1::Approval& approval : approvals) {
    if (approval.id().empty()) return absl::InvalidArgumentError("an approval needs an id");
  }
  return approvals.empty() && forgotten.empty() ? absl::OkStatus() : DoSave(approvals, forgotten);
}

absl::StatusOr<std::vector<v1::Approval>> ApprovalStore::LoadAll() { return DoLoadAll(); }

}  // namespace postern::store
