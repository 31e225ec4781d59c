// The token store in an SQLite file. One connection behind a lock: tokens change seldom and are read from memory.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_
#define POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/store/sqlite/database.h"
#include "gateway/store/store.h"

namespace postern::store {

class SqliteTokenStore final : public TokenStore {
 public:
  // Opens or creates the file (mode 0600) and brings its schema up to date. FAILED_PRECONDITION when a newer version of
  // Postern wrote it.
  static absl::StatusOr<std::unique_ptr<SqliteTokenStore>> Open(const std::filesystem::path& file);

 private:
  explicit SqliteTokenStore(Database database) : database_(std::move(database)) {}
  absl::Status DoInsert(const StoredToken& token) override;
  absl::StatusOr<v1::Token> DoRevoke(std::string_view id, int64_t now_unix_ms) override;
  absl::Status DoTouchLastUsed(std::string_view id, int64_t used_unix_ms) override;
  absl::StatusOr<std::vector<StoredToken>> DoLoadAll() override;

  std::mutex mutex_;
  Database database_;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_
