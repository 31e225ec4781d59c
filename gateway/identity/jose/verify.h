// Whether a key signed a token. Pure; constant in what it tells: yes or no.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_VERIFY_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_VERIFY_H_

#include "gateway/identity/jose/jwks.h"
#include "gateway/identity/jose/jwt.h"

namespace postern::jose {

// False also when the key is not for the token's algorithm. REQUIRES: the text the token was parsed from is still
// there.
bool Verify(const Key& key, const Jwt& token);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_VERIFY_H_
