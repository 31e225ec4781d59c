#include "tests/support/memory_task_store.h"

#include <absl/strings/str_cat.h>

#include <utility>

namespace postern::store {

void MemoryTaskStore::FailWith(absl::Status error) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

absl::Status MemoryTaskStore::DoInsert(const StoredTask& task) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const StoredTask& known : tasks_) {
    if (known.task.id() == task.task.id() || known.lookup == task.lookup) {
      return absl::AlreadyExistsError("a task with that id or lookup exists");
    }
  }
  tasks_.push_back(task);
  return absl::OkStatus();
}

absl::Status MemoryTaskStore::DoSave(absl::Span<const v1::Task> tasks) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const v1::Task& task : tasks) {
    for (StoredTask& known : tasks_) {
      if (known.task.id() == task.id()) known.task = task;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredTask>> MemoryTaskStore::DoLoadLive() {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  std::vector<StoredTask> live;
  for (const StoredTask& known : tasks_) {
    if (IsLive(known.task)) live.push_back(known);
  }
  return live;
}

absl::StatusOr<v1::Task> MemoryTaskStore::DoGet(std::string_view id) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const StoredTask& known : tasks_) {
    if (known.task.id() == id) return known.task;
  }
  return absl::NotFoundError(absl::StrCat("no task ", std::string(id)));
}

absl::StatusOr<std::vector<v1::Task>> MemoryTaskStore::DoList(const v1::ListTasksRequest& filter, size_t limit) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  std::vector<v1::Task> listed;
  for (auto known = tasks_.rbegin(); known != tasks_.rend() && listed.size() < limit; ++known) {
    const v1::Task& task = known->task;
    const bool matches = (filter.agent().empty() || filter.agent() == task.agent()) &&
                         (filter.target().empty() || filter.target() == task.target()) &&
                         (filter.state() == v1::Task::STATE_UNSPECIFIED || filter.state() == task.state());
    if (matches) listed.push_back(task);
  }
  return listed;
}

}  // namespace postern::store
