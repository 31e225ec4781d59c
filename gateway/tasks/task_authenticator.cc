#include "gateway/tasks/task_authenticator.h"

namespace postern::tasks {

absl::StatusOr<identity::Principal> TaskAuthenticator::Authenticate(std::string_view secret, std::string_view source,
                                                                    absl::Time now) {
  if (secret.starts_with(identity::kTaskPrefix)) {
    auto who = tasks_.Authenticate(secret);
    if (!absl::IsNotFound(who.status())) return who;
  }
  // What is no task's is refused there, in the same words and under the same limits as every wrong secret.
  return others_.Authenticate(secret, source, now);
}

bool TaskAuthenticator::StillValid(const identity::Principal& who, absl::Time now) const {
  return who.identity_kind == kTaskIdentity ? tasks_.IsOpen(who.identity_id) : others_.StillValid(who, now);
}

}  // namespace postern::tasks
