// Property: any text is a key set or none; whatever key comes out of it is strong enough, knows what it is for, and
// says no to a signature that is not its own.
#include <openssl/evp.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/identity/jose/verify.h"

using namespace postern::jose;

namespace {

bool IsStrong(const Key& key) {
  const int bits = EVP_PKEY_get_bits(key.key.get());
  return EVP_PKEY_get_base_id(key.key.get()) == EVP_PKEY_RSA ? bits >= 2048 && bits <= 8192 : bits >= 253;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto keys = ParseKeySet({reinterpret_cast<const char*>(data), size});
  if (!keys.ok()) return 0;
  if (keys->keys.size() > kMaxKeys) std::abort();
  for (const Key& key : keys->keys) {
    if (key.algorithms.empty() || key.fingerprint.size() != 64 || key.id.size() > kMaxKeyIdBytes || !IsStrong(key))
      std::abort();
    if (!keys->Has(key.fingerprint)) std::abort();
    for (const Algorithm algorithm : kAlgorithms) {
      const Jwt token{.algorithm = algorithm, .key_id = key.id, .signed_text = "a.b", .signature = "AAAA"};
      if (Verify(key, token)) std::abort();
      (void)keys->Find(token);
    }
  }
  return 0;
}
