#include "gateway/tasks/task_authenticator.h"

namespace postern::tasks {

absl::StatusOr<identity::Principal> TaskAuthenticator::Authenticate(const identity::Proof& proof, absl::Time now) {
  if (proof.secret.starts_with(identity::kTaskPrefix)) {
    auto who = tasks_.Authenticate(proof.secret);
    if (!absl::IsNotFound(who.status())) return who;
  }
  // What is no task's is refused there, in the same words as every wrong secret.
  return others_.Authenticate(proof, now);
}

bool TaskAuthenticator::StillValid(const identity::Principal& who, absl::Time now) const {
  return who.identity_kind == kTaskIdentity ? tasks_.IsOpen(who.identity_id) : others_.StillValid(who, now);
}

}  // namespace postern::tasks
