// Ed25519 keys: what signs checkpoints, and what checks them. Pure; a SigningKey may be shared between threads.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_SIGNING_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_SIGNING_H_

#include <absl/status/statusor.h>
#include <openssl/types.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::recording {

using PublicKey = std::array<unsigned char, 32>;
using Signature = std::array<unsigned char, 64>;

class SigningKey {
 public:
  static SigningKey Generate();
  // A private key as `openssl genpkey -algorithm ed25519` writes it. INVALID_ARGUMENT for anything else.
  static absl::StatusOr<SigningKey> FromPem(std::string_view pem);

  // The caller wipes it.
  std::string Pem() const;
  const PublicKey& public_key() const { return public_key_; }
  Signature Sign(std::string_view message) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
  };
  explicit SigningKey(std::unique_ptr<EVP_PKEY, Free> key);

  std::unique_ptr<EVP_PKEY, Free> key_;
  PublicKey public_key_{};
};

bool IsSignedBy(const PublicKey& key, std::string_view message, const Signature& signature);

// As `openssl pkey -pubout` writes it.
std::string PublicKeyPem(const PublicKey& key);
// One or more of them, one after the other. INVALID_ARGUMENT for text that holds none, or another kind.
absl::StatusOr<std::vector<PublicKey>> ParsePublicKeys(std::string_view pem);

// Lower-case hexadecimal.
std::string ToHex(std::string_view bytes);

// The first eight bytes of its SHA-256, in hexadecimal: what people are shown in place of the key.
std::string Fingerprint(const PublicKey& key);

// `bytes` as one of the arrays above; none when it has another length.
template <class Array>
std::optional<Array> ToArray(std::string_view bytes) {
  Array array;
  if (bytes.size() != array.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}
template <size_t N>
std::string_view ToBytes(const std::array<unsigned char, N>& array) {
  return {reinterpret_cast<const char*>(array.data()), array.size()};
}

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_SIGNING_H_
