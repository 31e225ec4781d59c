#include "gateway/store/task_store.h"

namespace postern::store {
namespace {

constexpr size_t kDigestBytes = 32;

}  // namespace

absl::Status TaskStore::Insert(const StoredTask& task) {
  if (task.task.id().empty()) return absl::InvalidArgumentError("a task needs an id");
  if (task.task.agent().empty() || task.task.target().empty()) {
    return absl::InvalidArgumentError("a task needs an agent and a target");
  }
  if (task.lookup.empty() || task.digest.size() != kDigestBytes) {
    return absl::InvalidArgumentError("a task needs the lookup and the digest of its password");
  }
  return DoInsert(task);
}

absl::Status TaskStore::Save(absl::Span<const v1::Task> tasks) {
  return tasks.empty() ? absl::OkStatus() : DoSave(tasks);
}

absl::StatusOr<std::vector<StoredTask>> TaskStore::LoadLive() { return DoLoadLive(); }

absl::StatusOr<v1::Task> TaskStore::Get(std::string_view id) { return DoGet(id); }

absl::StatusOr<std::vector<v1::Task>> TaskStore::List(const v1::ListTasksRequest& filter, size_t limit) {
  return DoList(filter, limit);
}

}  // namespace postern::store
