#include "tests/support/memory_approval_store.h"

#include <algorithm>
#include <utility>

namespace postern::store {

void MemoryApprovalStore::FailWith(absl::Status error) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

absl::Status MemoryApprovalStore::DoSave(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const v1::Approval& approval : approvals) {
    const auto known = std::find_if(approvals_.begin(), approvals_.end(),
                                    [&](const v1::Approval& other) { return other.id() == approval.id(); });
    if (known == approvals_.end()) {
      approvals_.push_back(approval);
    } else {
      *known = approval;
    }
  }
  std::erase_if(approvals_, [&](const v1::Approval& approval) {
    return std::find(forgotten.begin(), forgotten.end(), approval.id()) != forgotten.end();
  });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Approval>> MemoryApprovalStore::DoLoadAll() {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  return approvals_;
}

}  // namespace postern::store
