// A JSON Web Token (RFC 7519) in the compact form, taken apart. Nothing in it is true before its signature was
// verified.
//
//   base64url(header) . base64url(claims) . base64url(signature)
//
// Of the header `alg`, `kid` and `typ` are read; keys that it brings along (jwk, jku, x5c, x5u) are never looked at,
// and extensions it insists on (crit) are refused. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_JWT_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_JWT_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/identity/jose/algorithm.h"
#include "gateway/identity/jose/json.h"

namespace postern::jose {

inline constexpr size_t kMaxTokenBytes = 16 * 1024;
inline constexpr size_t kMaxKeyIdBytes = 256;

struct Jwt {
  Algorithm algorithm{};
  std::string key_id;  // empty: none named
  Json claims;
  // Of the text it was parsed from, which must outlive this.
  std::string_view signed_text;
  std::string_view signature;  // base64url still: its bytes are a secret while the token lives
};

// Whether the secret has the outer shape of a token: three parts with points between. No access token has a point.
bool LooksLikeJwt(std::string_view secret);

// INVALID_ARGUMENT says what is wrong, quoting nothing.
absl::StatusOr<Jwt> ParseJwt(std::string_view text);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_JWT_H_
