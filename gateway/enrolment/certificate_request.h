// The public key of a PKCS #10 certificate request (RFC 2986). Bytes from outside: everything else in it is ignored. Pure.
#ifndef POSTERN_GATEWAY_ENROLMENT_CERTIFICATE_REQUEST_H_
#define POSTERN_GATEWAY_ENROLMENT_CERTIFICATE_REQUEST_H_

#include <absl/status/statusor.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

namespace postern::enrolment {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

inline constexpr size_t kMaxRequestBytes = 16 * 1024;

// INVALID_ARGUMENT for what is no PEM of exactly one request, a signature that is not by the request's own key, or a key that
// is none of EC P-256, EC P-384, Ed25519, RSA of 2048 to 8192 bits.
absl::StatusOr<Key> KeyOfRequest(std::string_view pem);

}  // namespace postern::enrolment

#endif  // POSTERN_GATEWAY_ENROLMENT_CERTIFICATE_REQUEST_H_
