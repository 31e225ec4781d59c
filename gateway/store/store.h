// What the gateway keeps between its lives, in the words of the domain.
//
// Backends: sqlite/ (embedded, the default), and a memory one in tests/support. Public methods check, the private Do methods
// touch the backend; tests/unit/gateway/store holds one suite over all of them. Thread-safe; calls block on I/O.
#ifndef POSTERN_GATEWAY_STORE_STORE_H_
#define POSTERN_GATEWAY_STORE_STORE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <vector>

#include "proto/postern/v1/access.pb.h"

namespace postern::store {

// A token as it is kept: never the secret, only what proves that somebody else has it.
struct StoredToken {
  v1::Token token;
  // The short random part of the secret that finds the row.
  std::string lookup;
  // SHA-256(SHA-256(secret)), 32 bytes.
  std::string digest;
};

class TokenStore {
 public:
  virtual ~TokenStore() = default;

  // INVALID_ARGUMENT when id, name, lookup or digest is missing or the expiry is not after the creation; ALREADY_EXISTS
  // for a known id or lookup.
  absl::Status Insert(const StoredToken& token);

  // NOT_FOUND for an unknown id. A second revocation keeps the first time. Returns the token as it is then.
  absl::StatusOr<v1::Token> Revoke(std::string_view id, absl::Time now);

  // Moves last_used forward, never back; an unknown id is no error: the token may just have gone.
  absl::Status TouchLastUsed(std::string_view id, absl::Time used);

  // Every token, ended ones too.
  absl::StatusOr<std::vector<StoredToken>> LoadAll();

 private:
  virtual absl::Status DoInsert(const StoredToken& token) = 0;
  virtual absl::StatusOr<v1::Token> DoRevoke(std::string_view id, int64_t now_unix_ms) = 0;
  virtual absl::Status DoTouchLastUsed(std::string_view id, int64_t used_unix_ms) = 0;
  // Oldest first.
  virtual absl::StatusOr<std::vector<StoredToken>> DoLoadAll() = 0;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_STORE_H_
