// From a secret to a Principal.
#ifndef POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
#define POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

#include "gateway/identity/principal.h"

namespace postern::identity {

class Authenticator {
 public:
  virtual ~Authenticator() = default;

  using Ready = absl::AnyInvocable<void()>;

  // Calls `ready` once, from here or from another thread, when Authenticate can tell about this secret: at once, but for a
  // token signed with a key that its issuer may have published since its keys were read last. Then it is called when they
  // were read again, or could not be, within seconds. Thread-safe; does not block on I/O.
  virtual void Prepare(std::string_view, absl::Time, Ready ready) { ready(); }

  // Checks an access token ("pat_…") or an issuer's token. UNAUTHENTICATED for one that is unknown, wrong, expired or
  // revoked; the message is for the record, and whoever asked is told the same for each. Thread-safe; does not block on I/O.
  // `source` is the peer's address, for rate limits: RESOURCE_EXHAUSTED when it failed too often lately.
  virtual absl::StatusOr<Principal> Authenticate(std::string_view secret, std::string_view source, absl::Time now) = 0;

  // Whether an agent can come in with a token of an OpenID provider: then its client is asked for one. Thread-safe.
  virtual bool TakesIdTokens() const { return false; }

  // Whether what `who` proved itself with is still good: not revoked since, not expired. Who registers something that a
  // revocation must find asks this after registering. Thread-safe; does not block on I/O.
  virtual bool StillValid(const Principal& who, absl::Time now) const = 0;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
