// The Tasks of a running gateway, with a thread that tends them.
#ifndef POSTERN_GATEWAY_TASKS_MAKE_TASKS_H_
#define POSTERN_GATEWAY_TASKS_MAKE_TASKS_H_

#include <absl/status/statusor.h>

#include <memory>

#include "gateway/tasks/tasks.h"

namespace postern::tasks {

// Loads what the store has.
absl::StatusOr<std::unique_ptr<Tasks>> MakeTasks(TaskParts parts, TaskLimits limits);

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_MAKE_TASKS_H_
