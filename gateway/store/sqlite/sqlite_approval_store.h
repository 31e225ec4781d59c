// The approval store in an SQLite file. One connection behind a lock.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_SQLITE_APPROVAL_STORE_H_
#define POSTERN_GATEWAY_STORE_SQLITE_SQLITE_APPROVAL_STORE_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/store/approval_store.h"
#include "gateway/store/sqlite/database.h"

namespace postern::store {

class SqliteApprovalStore final : public ApprovalStore {
 public:
  // Opens or creates the file (mode 0600) and brings its schema up to date. FAILED_PRECONDITION when a newer version of
  // Postern wrote it.
  static absl::StatusOr<std::unique_ptr<SqliteApprovalStore>> Open(const std::filesystem::path& file);

 private:
  explicit SqliteApprovalStore(Database database) : database_(std::move(database)) {}
  absl::Status DoSave(absl::Span<const v1::Approval> approvals, absl::Span<const std::string> forgotten) override;
  absl::StatusOr<std::vector<v1::Approval>> DoLoadAll() override;

  std::mutex mutex_;
  Database database_;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_SQLITE_APPROVAL_STORE_H_
