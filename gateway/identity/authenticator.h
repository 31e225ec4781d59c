// From what somebody shows to a Principal.
#ifndef POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
#define POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string_view>

#include "gateway/identity/principal.h"

namespace postern::identity {

// What somebody shows to prove who it is. Valid for the call it is given to.
struct Proof {
  // An access token ("pat_…"), an issuer's token, a task's password; empty for none.
  std::string_view secret;
  // The peer's address, and the name it says it has, if it says one: what failures are counted by.
  std::string_view source;
  std::string_view name = {};
  // Null: it showed none. Not verified yet.
  std::shared_ptr<const tls::PeerCertificate> certificate = nullptr;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;

  using Ready = absl::AnyInvocable<void()>;

  // Calls `ready` once, from here or from another thread, when Authenticate can tell about this secret: at once, but for a
  // token signed with a key that its issuer may have published since its keys were read last. Then it is called when they
  // were read again, or could not be, within seconds. Thread-safe; does not block on I/O.
  virtual void Prepare(std::string_view, absl::Time, Ready ready) { ready(); }

  // UNAUTHENTICATED for a proof that is unknown, wrong, expired or revoked; the message is for the record, and whoever asked is told
  // the same for each. RESOURCE_EXHAUSTED: the same, once too often. Thread-safe; does not block on I/O.
  virtual absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time now) = 0;

  // Whether an agent can come in with a token of an OpenID provider: then its client is asked for one. Thread-safe.
  virtual bool TakesIdTokens() const { return false; }

  // Whether what `who` proved itself with is still good: not revoked since, not expired. Who registers something that a
  // revocation must find asks this after registering. Thread-safe; does not block on I/O.
  virtual bool StillValid(const Principal& who, absl::Time now) const = 0;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
