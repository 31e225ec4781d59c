#include "gateway/store/sqlite/sqlite_approval_store.h"

#include <utility>

namespace postern::store {
namespace {

// The approval itself is kept as its message: whoever looks for one does so in memory.
constexpr const char* kMigrations[] = {
    R"(CREATE TABLE approvals (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         approval BLOB NOT NULL) STRICT)",
};

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteApprovalStore>> SqliteApprovalStore::Open(const std::filesystem::path& file) {
  auto database = Database::Open(file, Durability::kFull);
  if (!database.ok()) return database.status();
  if (auto status = Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<SqliteApprovalStore>(new SqliteApprovalStore(*std::move(database)));
}

absl::Status SqliteApprovalStore::DoSave(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) {
  std::lock_guard lock(mutex_);
  auto transaction = Transaction::Begin(database_);
  if (!transaction.ok()) return transaction.status();
  auto save = database_.Prepare(
      "INSERT INTO approvals (id, approval) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET approval = excluded.approval");
  if (!save.ok()) return save.status();
  for (const v1::Approval& approval : approvals) {
    auto status = save->Bind(1, approval.id()).BindBlob(2, approval.SerializeAsString()).Run();
    if (!status.ok()) return status;
  }
  auto forget = database_.Prepare("DELETE FROM approvals WHERE id = ?");
  if (!forget.ok()) return forget.status();
  for (const std::string& id : forgotten) {
    if (auto status = forget->Bind(1, id).Run(); !status.ok()) return status;
  }
  return transaction->Commit();
}

absl::StatusOr<std::vector<v1::Approval>> SqliteApprovalStore::DoLoadAll() {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT approval FROM approvals ORDER BY number");
  if (!select.ok()) return select.status();
  std::vector<v1::Approval> approvals;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return approvals;
    if (!approvals.emplace_back().ParseFromString(select->Text(0))) {
      return absl::DataLossError("a stored approval cannot be read");
    }
  }
}

}  // namespace postern::store
