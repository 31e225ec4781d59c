#include "tests/support/memory_token_store.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

namespace postern::store {

void MemoryTokenStore::FailWith(absl::Status error) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

absl::Status MemoryTokenStore::DoInsert(const StoredToken& token) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const auto& known : tokens_) {
    if (known.token.id() == token.token.id() || known.lookup == token.lookup) {
      return absl::AlreadyExistsError("a token with that id or lookup exists");
    }
  }
  tokens_.push_back(token);
  return absl::OkStatus();
}

absl::StatusOr<v1::Token> MemoryTokenStore::DoRevoke(std::string_view id, int64_t now_unix_ms) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (auto& known : tokens_) {
    if (known.token.id() != id) continue;
    if (known.token.revoked_at_unix_ms() == 0) known.token.set_revoked_at_unix_ms(now_unix_ms);
    return known.token;
  }
  return absl::NotFoundError(absl::StrCat("no token ", std::string(id)));
}

absl::Status MemoryTokenStore::DoTouchLastUsed(std::string_view id, int64_t used_unix_ms) {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (auto& known : tokens_) {
    if (known.token.id() != id) continue;
    known.token.set_last_used_at_unix_ms(std::max(known.token.last_used_at_unix_ms(), used_unix_ms));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredToken>> MemoryTokenStore::DoLoadAll() {
  std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  return tokens_;
}

}  // namespace postern::store
