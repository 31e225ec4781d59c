#include "gateway/store/sqlite/sqlite_task_store.h"

#include <absl/strings/str_cat.h>

#include <utility>

namespace postern::store {
namespace {

// The task itself is kept as its message; what is searched by has a column.
constexpr const char* kMigrations[] = {
    R"(CREATE TABLE tasks (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         agent TEXT NOT NULL,
         target TEXT NOT NULL,
         state INTEGER NOT NULL,
         lookup TEXT NOT NULL UNIQUE,
         digest BLOB NOT NULL,
         task BLOB NOT NULL) STRICT;
       CREATE INDEX tasks_by_agent ON tasks (agent);
       CREATE INDEX tasks_by_state ON tasks (state))",
    "ALTER TABLE tasks ADD COLUMN starter BLOB NOT NULL DEFAULT x''",
};

absl::StatusOr<v1::Task> ReadTask(const Statement& row) {
  v1::Task task;
  if (!task.ParseFromString(row.Text(0))) return absl::DataLossError("a stored task cannot be read");
  return task;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteTaskStore>> SqliteTaskStore::Open(const std::filesystem::path& file) {
  auto database = Database::Open(file, Durability::kFull);
  if (!database.ok()) return database.status();
  if (auto status = Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<SqliteTaskStore>(new SqliteTaskStore(*std::move(database)));
}

absl::Status SqliteTaskStore::DoInsert(const StoredTask& task) {
  std::lock_guard lock(mutex_);
  auto insert = database_.Prepare(
      "INSERT INTO tasks (id, agent, target, state, lookup, digest, task, starter) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  auto status = insert->Bind(1, task.task.id())
                    .Bind(2, task.task.agent())
                    .Bind(3, task.task.target())
                    .Bind(4, int64_t{task.task.state()})
                    .Bind(5, task.lookup)
                    .BindBlob(6, task.digest)
                    .BindBlob(7, task.task.SerializeAsString())
                    .BindBlob(8, task.starter)
                    .Run();
  if (!status.ok()) return status;
  auto forget = database_.Prepare("DELETE FROM tasks WHERE number <= (SELECT MAX(number) FROM tasks) - ? AND state NOT IN (?, ?, ?)");
  if (!forget.ok()) return forget.status();
  return forget->Bind(1, kKept)
      .Bind(2, int64_t{v1::Task::STATE_REQUESTED})
      .Bind(3, int64_t{v1::Task::STATE_OPEN})
      .Bind(4, int64_t{v1::Task::STATE_CLOSING})
      .Run();
}

absl::Status SqliteTaskStore::DoSave(absl::Span<const v1::Task> tasks) {
  std::lock_guard lock(mutex_);
  auto transaction = Transaction::Begin(database_);
  if (!transaction.ok()) return transaction.status();
  auto update = database_.Prepare("UPDATE tasks SET state = ?, task = ? WHERE id = ?");
  if (!update.ok()) return update.status();
  for (const v1::Task& task : tasks) {
    auto status = update->Bind(1, int64_t{task.state()}).BindBlob(2, task.SerializeAsString()).Bind(3, task.id()).Run();
    if (!status.ok()) return status;
  }
  return transaction->Commit();
}

absl::StatusOr<std::vector<StoredTask>> SqliteTaskStore::DoLoadLive() {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT task, lookup, digest, starter FROM tasks WHERE state IN (?, ?, ?) ORDER BY number");
  if (!select.ok()) return select.status();
  select->Bind(1, int64_t{v1::Task::STATE_REQUESTED}).Bind(2, int64_t{v1::Task::STATE_OPEN}).Bind(3, int64_t{v1::Task::STATE_CLOSING});
  std::vector<StoredTask> tasks;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return tasks;
    auto task = ReadTask(*select);
    if (!task.ok()) return task.status();
    tasks.push_back({.task = *std::move(task), .lookup = select->Text(1), .digest = select->Text(2), .starter = select->Text(3)});
  }
}

absl::StatusOr<v1::Task> SqliteTaskStore::DoGet(std::string_view id) {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT task FROM tasks WHERE id = ?");
  if (!select.ok()) return select.status();
  auto found = select->Bind(1, id).Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::NotFoundError(absl::StrCat("no task ", std::string(id)));
  return ReadTask(*select);
}

absl::StatusOr<std::vector<v1::Task>> SqliteTaskStore::DoList(const v1::ListTasksRequest& filter, size_t limit) {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare(
      "SELECT task FROM tasks WHERE (?1 = '' OR agent = ?1) AND (?2 = '' OR target = ?2) AND (?3 = 0 OR state = ?3) "
      "ORDER BY number DESC LIMIT ?4");
  if (!select.ok()) return select.status();
  select->Bind(1, filter.agent())
      .Bind(2, filter.target())
      .Bind(3, int64_t{filter.state()})
      .Bind(4, static_cast<int64_t>(limit));
  std::vector<v1::Task> tasks;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return tasks;
    auto task = ReadTask(*select);
    if (!task.ok()) return task.status();
    tasks.push_back(*std::move(task));
  }
}

}  // namespace postern::store
