// Access tokens: made, listed, revoked, and checked at every login.
//
// All tokens stand in memory, loaded at start; the store is written on create and revoke, and now and then for
// last-used times. A secret is "pat_" + 8 characters that find the token + "_" + 43 characters of 256 random bits; only
// SHA-256(SHA-256(secret)) is kept. Thread-safe. Create, Revoke and SaveLastUsed block on the store; Authenticate never
// does.
#ifndef POSTERN_GATEWAY_IDENTITY_TOKENS_H_
#define POSTERN_GATEWAY_IDENTITY_TOKENS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/authenticator.h"
#include "gateway/identity/principal.h"
#include "gateway/store/store.h"
#include "proto/postern/v1/access.pb.h"

namespace postern::identity {

struct TokenOptions {
  absl::Duration default_ttl = absl::Hours(24 * 30);
  absl::Duration max_ttl = absl::Hours(24 * 365);
};

struct NewToken {
  v1::Token token;
  // Shown once, to who asked; wipe it after use.
  std::string secret;
};

class Tokens final : public Authenticator {
 public:
  // Loads every token. REQUIRES: `store` outlives this.
  static absl::StatusOr<std::unique_ptr<Tokens>> Load(store::TokenStore* store, TokenOptions options);
  // Saves the last-used times that are not saved yet.
  ~Tokens() override;

  // INVALID_ARGUMENT says which field is wrong.
  absl::StatusOr<NewToken> Create(const v1::CreateTokenRequest& request, std::string_view created_by, absl::Time now);
  // Newest first.
  std::vector<v1::Token> List(bool include_ended, absl::Time now) const;
  // In force, for logins from then on, before it returns; even when the store fails, in which case the error says that
  // the revocation will not outlive the process. NOT_FOUND.
  absl::StatusOr<v1::Token> Revoke(std::string_view id, absl::Time now);

  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time now) override;
  bool StillValid(const Principal& who, absl::Time now) const override;

  // Writes last-used times that changed since the last call. For a timer, once a minute or so.
  absl::Status SaveLastUsed();

 private:
  struct Entry {
    v1::Token token;
    std::array<unsigned char, 32> digest{};
    bool unsaved_use = false;
  };

  Tokens(store::TokenStore* store, TokenOptions options);
  void Add(const store::StoredToken& stored);

  store::TokenStore* const store_;
  const TokenOptions options_;

  mutable std::mutex mutex_;
  // By lookup; and from id to lookup.
  std::map<std::string, Entry, std::less<>> by_lookup_;
  std::map<std::string, std::string, std::less<>> lookup_of_;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_TOKENS_H_
