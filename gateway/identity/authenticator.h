// From a secret to a Principal.
#ifndef POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
#define POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

#include "gateway/identity/principal.h"

namespace postern::identity {

class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Checks an access token ("pat_…"). UNAUTHENTICATED, with the same message and in the same time, for one that is
  // unknown, wrong, expired or revoked. Thread-safe; does not block on I/O. `source` is the peer's address, for rate
  // limits: RESOURCE_EXHAUSTED when it failed too often lately.
  virtual absl::StatusOr<Principal> Authenticate(std::string_view secret, std::string_view source, absl::Time now) = 0;

  // Whether what `who` proved itself with is still good: not revoked since, not expired. Who registers something that a
  // revocation must find asks this after registering. Thread-safe; does not block on I/O.
  virtual bool StillValid(const Principal& who, absl::Time now) const = 0;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_AUTHENTICATOR_H_
