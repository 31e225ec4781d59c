// Approvals between the gateway's lives: those that wait, tickets that may still be used, and the last ones that ended.
//
// Backends: sqlite/ and a memory one in tests/support. Public methods check, the private Do methods touch the backend;
// tests/unit/gateway/store holds one suite over all of them. Thread-safe; calls block on I/O.
#ifndef POSTERN_GATEWAY_STORE_APPROVAL_STORE_H_
#define POSTERN_GATEWAY_STORE_APPROVAL_STORE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <string>
#include <vector>

#include "proto/postern/v1/approval.pb.h"

namespace postern::store {

class ApprovalStore {
 public:
  virtual ~ApprovalStore() = default;

  // What they are now, and which are forgotten: all of it or nothing. New ones are added. An unknown id to forget is no error.
  // INVALID_ARGUMENT when an approval has no id.
  absl::Status Save(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten);

  // In the order in which they were added.
  absl::StatusOr<std::vector<v1::Approval>> LoadAll();

 private:
  virtual absl::Status DoSave(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) = 0;
  virtual absl::StatusOr<std::vector<v1::Approval>> DoLoadAll() = 0;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_APPROVAL_STORE_H_
