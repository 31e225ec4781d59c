#include "gateway/tasks/make_tasks.h"

#include <utility>

#include "gateway/approval/expiry_timer.h"

namespace postern::tasks {
namespace {

// The timer ends before what it tends does.
class RunningTasks final : public Tasks {
 public:
  RunningTasks(TaskParts parts, TaskLimits limits)
      : Tasks(std::move(parts), limits, approval::SteadyNow, [this](absl::Time by) { timer_.WakeBy(by); }),
        timer_([this] { return Tend(); }) {}

 private:
  approval::ExpiryTimer timer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Tasks>> MakeTasks(TaskParts parts, TaskLimits limits) {
  auto tasks = std::make_unique<RunningTasks>(std::move(parts), limits);
  if (absl::Status loaded = tasks->Load(); !loaded.ok()) return loaded;
  return tasks;
}

}  // namespace postern::tasks
