// A task store in memory that fails when told to: for tests of whoever uses a store.
#ifndef POSTERN_TESTS_SUPPORT_MEMORY_TASK_STORE_H_
#define POSTERN_TESTS_SUPPORT_MEMORY_TASK_STORE_H_

#include <mutex>
#include <vector>

#include "gateway/store/task_store.h"

namespace postern::store {

class MemoryTaskStore final : public TaskStore {
 public:
  // Every call answers `error` until told OK. Thread-safe.
  void FailWith(absl::Status error);

 private:
  absl::Status DoInsert(const StoredTask& task) override;
  absl::Status DoSave(absl::Span<const v1::Task> tasks) override;
  absl::StatusOr<std::vector<StoredTask>> DoLoadLive() override;
  absl::StatusOr<v1::Task> DoGet(std::string_view id) override;
  absl::StatusOr<std::vector<v1::Task>> DoList(const v1::ListTasksRequest& filter, size_t limit) override;

  std::mutex mutex_;
  absl::Status failure_;
  std::vector<StoredTask> tasks_;
};

}  // namespace postern::store

#endif  // POSTERN_TESTS_SUPPORT_MEMORY_TASK_STORE_H_
