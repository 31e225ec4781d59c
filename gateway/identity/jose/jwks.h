// A JSON Web Key Set (RFC 7517): the public keys an issuer signs with.
//
// Plain values, immutable once read: any thread. RSA of 2048 to 8192 bits, EC on P-256 and P-384, and Ed25519; a key of
// another kind or purpose is passed over, as the RFC wants.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_JWKS_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_JWKS_H_

#include <absl/status/statusor.h>
#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/jose/algorithm.h"
#include "gateway/identity/jose/jwt.h"

namespace postern::jose {

inline constexpr size_t kMaxKeySetBytes = 256 * 1024;
inline constexpr size_t kMaxKeys = 128;

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using PublicKey = std::unique_ptr<EVP_PKEY, FreeKey>;

struct Key {
  std::string id;  // empty: the issuer named none
  // SHA-256 of the key itself: ids are the issuer's to reuse.
  std::string fingerprint;
  // What it may be used for: by its type, and by its own `alg` if it has one.
  std::vector<Algorithm> algorithms;
  PublicKey key;
};

struct KeySet {
  std::vector<Key> keys;

  // The one key that the token can only mean; null when there is none, or when there are several.
  const Key* Find(const Jwt& token) const;
  bool Has(std::string_view fingerprint) const;
};

// INVALID_ARGUMENT when the text as a whole is no key set. One without usable keys is one all the same.
absl::StatusOr<KeySet> ParseKeySet(std::string_view text);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_JWKS_H_
