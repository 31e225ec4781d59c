// Which tasks may be asked for, by whom, and who may touch whose. Pure.
#ifndef POSTERN_GATEWAY_TASKS_TASK_RULES_H_
#define POSTERN_GATEWAY_TASKS_TASK_RULES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

#include "gateway/identity/principal.h"
#include "gateway/policy/rules.h"
#include "proto/postern/v1/task.pb.h"

namespace postern::tasks {

// INVALID_ARGUMENT names the field and says what it wants.
absl::Status CheckStart(const v1::StartTaskRequest& request);

// For whom a task is: the caller itself if that is an agent, else the agent that the request names. PERMISSION_DENIED: a person
// who is no admin, an agent that asks for another or for a target that is not one of its token's.
struct Beneficiary {
  std::string agent;
  std::vector<std::string> groups;
};
absl::StatusOr<Beneficiary> ForWhom(const v1::StartTaskRequest& request, const identity::Principal& who);

// How long the task may be, counted from its opening: what was asked for, or `max_ttl`. INVALID_ARGUMENT for more.
absl::StatusOr<absl::Duration> TtlOf(int64_t ttl_seconds, const policy::AccessTerms& terms);

// Whether the caller may know of the task at all. People may; agents of their own tasks, at their token's targets.
bool MaySee(const v1::Task& task, const identity::Principal& who);

// PERMISSION_DENIED: a task that reviewers approved is extended by one who could have approved it, and never by its requester
// or sponsor. `terms` are those of the policy now.
absl::Status MayExtend(const v1::Task& task, const policy::AccessTerms& terms, const identity::Principal& who);

bool HasRole(const identity::Principal& who, v1::Role role);

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_TASK_RULES_H_
