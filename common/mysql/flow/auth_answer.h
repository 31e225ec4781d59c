// The arithmetic of MySQL's and MariaDB's authentication methods. Pure functions; any thread. Passwords are never kept.
//
//   native        SHA1(p) xor SHA1(s + SHA1(SHA1(p)))
//   caching_sha2  SHA256(p) xor SHA256(SHA256(SHA256(p)) + s)
//   ed25519       signature of s; key expanded from SHA512(p) where standard Ed25519 expands from a 32-byte seed
//   RSA           OAEP-SHA1 of (p + NUL) xor s repeated
#ifndef POSTERN_COMMON_MYSQL_FLOW_AUTH_ANSWER_H_
#define POSTERN_COMMON_MYSQL_FLOW_AUTH_ANSWER_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/mysql/flow/secret.h"

namespace postern::mysql {

inline constexpr size_t kEd25519ScrambleBytes = 32;

// Empty for an empty password. 20 and 32 bytes otherwise. `scramble` is without its closing NUL.
std::string NativeAnswer(std::string_view password, std::string_view scramble);
std::string CachingSha2Answer(std::string_view password, std::string_view scramble);

// 64 bytes. Internal only if libsodium cannot start.
absl::StatusOr<std::string> Ed25519Answer(std::string_view password, std::string_view scramble);
// The public key (32 bytes) that MariaDB stores for a password, in base64 without padding.
absl::StatusOr<std::string> Ed25519PublicKey(std::string_view password);

struct EvpPkeyDeleter {
  void operator()(EVP_PKEY* key) const;
};
using OwnedKey = std::unique_ptr<EVP_PKEY, EvpPkeyDeleter>;

// Only RSA keys of 2048 bits or more are taken.
absl::StatusOr<OwnedKey> ParseRsaPublicKey(std::string_view pem);
absl::StatusOr<OwnedKey> NewRsaKey();
std::string PublicKeyPem(EVP_PKEY* key);

// What a client sends for `password`, and back. InvalidArgument if it does not fit the key or does not decrypt.
absl::StatusOr<std::string> EncryptPassword(EVP_PKEY* key, std::string_view password, std::string_view scramble);
absl::StatusOr<Secret> DecryptPassword(EVP_PKEY* key, std::string_view encrypted, std::string_view scramble);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_AUTH_ANSWER_H_
