#include "gateway/store/store.h"

#include <utility>

namespace postern::store {

absl::Status TokenStore::Insert(const StoredToken& token) {
  if (token.token.id().empty() || token.token.name().empty())
    return absl::InvalidArgumentError("a token needs id and name");
  if (token.lookup.empty() || token.digest.size() != 32) {
    return absl::InvalidArgumentError("a token needs a lookup and a digest of 32 bytes");
  }
  if (token.token.expires_at_unix_ms() <= token.token.created_at_unix_ms()) {
    return absl::InvalidArgumentError("a token must expire after it was made");
  }
  return DoInsert(token);
}

absl::StatusOr<v1::Token> TokenStore::Revoke(std::string_view id, absl::Time now) {
  return DoRevoke(id, absl::ToUnixMillis(now));
}

absl::Status TokenStore::TouchLastUsed(std::string_view id, absl::Time used) {
  return DoTouchLastUsed(id, absl::ToUnixMillis(used));
}

absl::StatusOr<std::vector<StoredToken>> TokenStore::LoadAll() { return DoLoadAll(); }

}  // namespace postern::store
