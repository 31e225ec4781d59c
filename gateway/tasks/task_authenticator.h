// Knows agents by the passwords of their tasks, and asks another authenticator about everybody else. Thread-safe.
#ifndef POSTERN_GATEWAY_TASKS_TASK_AUTHENTICATOR_H_
#define POSTERN_GATEWAY_TASKS_TASK_AUTHENTICATOR_H_

#include <string_view>
#include <utility>

#include "gateway/identity/authenticator.h"
#include "gateway/tasks/tasks.h"

namespace postern::tasks {

class TaskAuthenticator final : public identity::Authenticator {
 public:
  // REQUIRES: both outlive this.
  TaskAuthenticator(const Tasks& tasks, identity::Authenticator& others) : tasks_(tasks), others_(others) {}

  void Prepare(std::string_view secret, absl::Time now, Ready ready) override { others_.Prepare(secret, now, std::move(ready)); }
  // As the other one says; and FAILED_PRECONDITION for the right password of a task that is not open, with words for its agent.
  absl::StatusOr<identity::Principal> Authenticate(const identity::Proof& proof, absl::Time now) override;
  bool TakesIdTokens() const override { return others_.TakesIdTokens(); }
  bool StillValid(const identity::Principal& who, absl::Time now) const override;

 private:
  const Tasks& tasks_;
  identity::Authenticator& others_;
};

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_TASK_AUTHENTICATOR_H_
