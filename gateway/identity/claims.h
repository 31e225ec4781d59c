// From a token's claims to who it speaks for. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_CLAIMS_H_
#define POSTERN_GATEWAY_IDENTITY_CLAIMS_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "gateway/identity/issuer.h"
#include "gateway/identity/jose/json.h"
#include "gateway/identity/principal.h"

namespace postern::identity {

// UNAUTHENTICATED says which claim is at fault, for the record; it names claims and never their values. The issuer
// itself (`iss`) was compared by whoever chose it, and the signature is checked elsewhere: until then this is hearsay.
absl::StatusOr<Principal> PrincipalFrom(const Issuer& issuer, const jose::Json& claims, absl::Time now);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_CLAIMS_H_
