// An approval store in memory that fails when told to: for tests of whoever uses a store.
#ifndef POSTERN_TESTS_SUPPORT_MEMORY_APPROVAL_STORE_H_
#define POSTERN_TESTS_SUPPORT_MEMORY_APPROVAL_STORE_H_

#include <mutex>
#include <vector>

#include "gateway/store/approval_store.h"

namespace postern::store {

class MemoryApprovalStore final : public ApprovalStore {
 public:
  // Every call answers `error` until told OK. Thread-safe.
  void FailWith(absl::Status error);

 private:
  absl::Status DoSave(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) override;
  absl::StatusOr<std::vector<v1::Approval>> DoLoadAll() override;

  std::mutex mutex_;
  absl::Status failure_;
  std::vector<v1::Approval> approvals_;
};

}  // namespace postern::store

#endif  // POSTERN_TESTS_SUPPORT_MEMORY_APPROVAL_STORE_H_
