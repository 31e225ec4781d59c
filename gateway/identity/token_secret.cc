#include "gateway/identity/token_secret.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstddef>
#include <cstdlib>

namespace postern::identity {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t kLookupChars = 8;
constexpr size_t kSecretChars = 43;
constexpr size_t kTokenChars = kTokenPrefix.size() + kLookupChars + 1 + kSecretChars;
static_assert(kTaskPrefix.size() == kTokenPrefix.size() && kJoinPrefix.size() == kTokenPrefix.size());

char RandomDigit() {
  // 248 is the largest multiple of 62 in a byte: larger ones would favour the first digits.
  unsigned char byte = 255;
  while (byte >= 248) {
    if (RAND_bytes(&byte, 1) != 1) std::abort();
  }
  return kDigits[byte % kDigits.size()];
}

}  // namespace

std::string NewSecret(std::string_view prefix) {
  // Reserved, so that no half-made copy stays behind in freed memory.
  std::string secret;
  secret.reserve(kTokenChars);
  secret.append(prefix);
  for (size_t i = 0; i < kLookupChars; ++i) secret.push_back(RandomDigit());
  secret.push_back('_');
  for (size_t i = 0; i < kSecretChars; ++i) secret.push_back(RandomDigit());
  return secret;
}

std::string_view LookupOf(std::string_view secret, std::string_view prefix) {
  if (secret.size() != kTokenChars || !secret.starts_with(prefix)) return {};
  if (secret[prefix.size() + kLookupChars] != '_') return {};
  return secret.substr(prefix.size(), kLookupChars);
}

SecretDigest DigestOf(std::string_view secret) {
  SecretDigest once;
  SecretDigest twice;
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), once.data());
  SHA256(once.data(), once.size(), twice.data());
  OPENSSL_cleanse(once.data(), once.size());
  return twice;
}

}  // namespace postern::identity
