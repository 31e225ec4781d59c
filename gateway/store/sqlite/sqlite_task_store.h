// The task store in an SQLite file. One connection behind a lock.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TASK_STORE_H_
#define POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TASK_STORE_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/store/sqlite/database.h"
#include "gateway/store/task_store.h"

namespace postern::store {

class SqliteTaskStore final : public TaskStore {
 public:
  // Opens or creates the file (mode 0600) and brings its schema up to date. FAILED_PRECONDITION when a newer version of
  // Postern wrote it.
  static absl::StatusOr<std::unique_ptr<SqliteTaskStore>> Open(const std::filesystem::path& file);

 private:
  explicit SqliteTaskStore(Database database) : database_(std::move(database)) {}
  absl::Status DoInsert(const StoredTask& task) override;
  absl::Status DoSave(absl::Span<const v1::Task> tasks) override;
  absl::StatusOr<std::vector<StoredTask>> DoLoadLive() override;
  absl::StatusOr<v1::Task> DoGet(std::string_view id) override;
  absl::StatusOr<std::vector<v1::Task>> DoList(const v1::ListTasksRequest& filter, size_t limit) override;

  std::mutex mutex_;
  Database database_;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TASK_STORE_H_
