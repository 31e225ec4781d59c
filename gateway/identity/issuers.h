// Tokens of the organisation's own identity providers (OpenID Connect), checked at every login.
//
// Stands before another Authenticator: a secret that is no JSON Web Token goes on to that one. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_ISSUERS_H_
#define POSTERN_GATEWAY_IDENTITY_ISSUERS_H_

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/authenticator.h"
#include "gateway/identity/issuer.h"
#include "gateway/identity/issuer_keys.h"
#include "gateway/identity/jose/jwt.h"

namespace postern::identity {

class Issuers final : public Authenticator {
 public:
  // `others` judges every other secret, and outlives this. `pace` is a parameter for tests.
  Issuers(Authenticator& others, FetchDocument fetch, IssuerKeys::Pace pace = {});
  ~Issuers() override;

  // Who is called, on any thread, when StillValid may have turned false for somebody: an issuer is gone, or a key.
  // Once, before Replace.
  void OnRevocation(std::function<void()> revoked) { revoked_ = std::move(revoked); }

  // These and no others from now on. The keys of those that stay as they were are kept. Blocks while a key set of one
  // that goes is being fetched.
  void Replace(std::vector<Issuer> issuers);
  // No more fetches, and nobody waits for one; for the end of the process.
  void Stop();

  void Prepare(std::string_view secret, absl::Time now, Ready ready) override;
  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time now) override;
  bool StillValid(const Principal& who, absl::Time now) const override;
  bool TakesIdTokens() const override;

 private:
  struct Entry {
    Issuer issuer;
    std::unique_ptr<IssuerKeys> keys;
    uint64_t number = 0;  // never given to another one
  };
  // Whom the token says it speaks for, and which entry says that it may. Not verified yet.
  struct Claimed {
    const Entry* entry = nullptr;
    Principal who;
  };

  // REQUIRES: mutex_ is held, shared or not, as long as the result is used.
  absl::StatusOr<Claimed> Claim(const jose::Jwt& token, absl::Time now) const;
  // Whether `ready` was taken, to be called once the token's key is known.
  bool AwaitKey(std::string_view secret, absl::Time now, Ready& ready) const;
  absl::StatusOr<Principal> Check(std::string_view secret, absl::Time now) const;

  Authenticator& others_;
  const FetchDocument fetch_;
  const IssuerKeys::Pace pace_;
  std::function<void()> revoked_ = [] {};

  // Shared by checks, which never block; exclusive for the moment of a replacement.
  mutable std::shared_mutex mutex_;
  std::vector<Entry> entries_;
  uint64_t next_number_ = 1;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_ISSUERS_H_
