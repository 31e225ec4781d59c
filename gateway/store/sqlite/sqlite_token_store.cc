#include "gateway/store/sqlite/sqlite_token_store.h"

#include <absl/strings/str_cat.h>

#include <utility>

namespace postern::store {
namespace {

// The token itself is kept as its message: lists inside it need no tables of their own, and nothing searches by them.
// What changes later, or must be unique, has a column, and the column counts.
constexpr const char* kMigrations[] = {
    R"(CREATE TABLE tokens (
         number INTEGER PRIMARY KEY,
         id TEXT NOT NULL UNIQUE,
         lookup TEXT NOT NULL UNIQUE,
         digest BLOB NOT NULL,
         token BLOB NOT NULL,
         last_used_ms INTEGER NOT NULL DEFAULT 0,
         revoked_ms INTEGER NOT NULL DEFAULT 0) STRICT)",
};

absl::StatusOr<v1::Token> ReadToken(const Statement& row) {
  v1::Token token;
  if (!token.ParseFromString(row.Text(0))) return absl::DataLossError("a stored token cannot be read");
  token.set_last_used_at_unix_ms(row.Int(1));
  token.set_revoked_at_unix_ms(row.Int(2));
  return token;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteTokenStore>> SqliteTokenStore::Open(const std::filesystem::path& file) {
  auto database = Database::Open(file, Durability::kFull);
  if (!database.ok()) return database.status();
  if (auto status = Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<SqliteTokenStore>(new SqliteTokenStore(*std::move(database)));
}

absl::Status SqliteTokenStore::DoInsert(const StoredToken& token) {
  std::lock_guard lock(mutex_);
  auto insert = database_.Prepare(
      "INSERT INTO tokens (id, lookup, digest, token, last_used_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  return insert->Bind(1, token.token.id())
      .Bind(2, token.lookup)
      .BindBlob(3, token.digest)
      .BindBlob(4, token.token.SerializeAsString())
      .Bind(5, token.token.last_used_at_unix_ms())
      .Bind(6, token.token.revoked_at_unix_ms())
      .Run();
}

absl::StatusOr<v1::Token> SqliteTokenStore::DoRevoke(std::string_view id, int64_t now_unix_ms) {
  std::lock_guard lock(mutex_);
  auto revoke = database_.Prepare("UPDATE tokens SET revoked_ms = ? WHERE id = ? AND revoked_ms = 0");
  if (!revoke.ok()) return revoke.status();
  if (auto status = revoke->Bind(1, now_unix_ms).Bind(2, id).Run(); !status.ok()) return status;
  auto select = database_.Prepare("SELECT token, last_used_ms, revoked_ms FROM tokens WHERE id = ?");
  if (!select.ok()) return select.status();
  auto found = select->Bind(1, id).Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::NotFoundError(absl::StrCat("no token ", std::string(id)));
  return ReadToken(*select);
}

absl::Status SqliteTokenStore::DoTouchLastUsed(std::string_view id, int64_t used_unix_ms) {
  std::lock_guard lock(mutex_);
  auto touch = database_.Prepare("UPDATE tokens SET last_used_ms = ?1 WHERE id = ?2 AND last_used_ms < ?1");
  if (!touch.ok()) return touch.status();
  return touch->Bind(1, used_unix_ms).Bind(2, id).Run();
}

absl::StatusOr<std::vector<StoredToken>> SqliteTokenStore::DoLoadAll() {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT token, last_used_ms, revoked_ms, lookup, digest FROM tokens ORDER BY number");
  if (!select.ok()) return select.status();
  std::vector<StoredToken> tokens;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return tokens;
    auto token = ReadToken(*select);
    if (!token.ok()) return token.status();
    tokens.push_back({.token = *std::move(token), .lookup = select->Text(3), .digest = select->Text(4)});
  }
}

}  // namespace postern::store
