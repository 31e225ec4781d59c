// Puts policies in force: from a person's hands, from an earlier version, or from the file on disk.
//
// A policy is valid as a whole, kept as a version and in its file before the first statement is decided by it; if any of that
// fails the old one stays, everywhere. Sessions go on and follow it from their next statement. Thread-safe; calls block on I/O.
#ifndef POSTERN_GATEWAY_PUBLISHING_POLICY_PUBLISHER_H_
#define POSTERN_GATEWAY_PUBLISHING_POLICY_PUBLISHER_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "proto/postern/v1/policy.pb.h"

namespace postern::policy {
class PolicyInForce;
}
namespace postern::store {
class PolicyVersions;
}

namespace postern::publishing {

class PolicyPublisher {
 public:
  // REQUIRES: both outlive this. `file` is where the policy in force was read from.
  PolicyPublisher(std::string file, policy::PolicyInForce& in_force, store::PolicyVersions& versions)
      : file_(std::move(file)), in_force_(in_force), versions_(versions) {}

  // Keeps what was read at the start as a version, unless it is the newest already.
  absl::Status KeepFirst(absl::Time now);

  // INVALID_ARGUMENT with every problem of the text; ABORTED if it was made from a version that is not in force;
  // FAILED_PRECONDITION if the file cannot be written.
  absl::StatusOr<v1::PolicyVersion> Apply(const v1::ApplyPolicyRequest& request, std::string_view who, absl::Time now);
  // Checks again what may no longer be valid. NOT_FOUND for a version that is not kept.
  absl::StatusOr<v1::PolicyVersion> Rollback(const v1::RollbackPolicyRequest& request, std::string_view who,
                                             absl::Time now);

  // Reads the file again. INVALID_ARGUMENT with every problem.
  absl::Status Reload(absl::Time now);

  // The newest first.
  absl::StatusOr<std::vector<v1::PolicyVersion>> Versions(size_t limit);
  // NOT_FOUND for a version that is not kept.
  absl::StatusOr<std::string> TextOf(std::string_view version);

 private:
  absl::StatusOr<v1::PolicyVersion> Publish(const std::string& text, v1::PolicyVersion version, absl::Time now);
  absl::Status KeepFound(std::string_view reason, absl::Time now);

  const std::string file_;
  policy::PolicyInForce& in_force_;
  store::PolicyVersions& versions_;
  std::mutex mutex_;  // held from the check of a policy until it is in force
};

}  // namespace postern::publishing

#endif  // POSTERN_GATEWAY_PUBLISHING_POLICY_PUBLISHER_H_
