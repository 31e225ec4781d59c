#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <catch2/catch.hpp>
#include <string>

#include "gateway/masking/keyed_hash.h"

namespace postern::masking {
namespace {

using namespace std::string_literals;

std::string Hash(std::string_view key, std::string_view value, size_t step = SIZE_MAX) {
  const HashKey hash_key(key);
  KeyedHash hash;
  hash.Begin(hash_key);
  for (size_t at = 0; at < value.size(); at += std::min(step, value.size() - at)) hash.Add(value.substr(at, step));
  return std::string(hash.Finish());
}

TEST_CASE("the hash is HMAC-SHA-256 of our purpose and the value, as OpenSSL's own HMAC has it") {
  for (const size_t key_bytes : {0, 1, 32, 64, 65, 200}) {
    const std::string key(key_bytes, 'k');
    for (const size_t bytes : {0, 1, 43, 44, 45, 1000}) {
      const std::string value(bytes, 'v');
      const std::string message = "postern mask hash 1\0"s + value;
      unsigned char digest[EVP_MAX_MD_SIZE];
      unsigned length = 0;
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &length);
      std::string hex;
      for (unsigned i = 0; i < length; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4];
        hex += "0123456789abcdef"[digest[i] & 15];
      }
      CHECK(Hash(key, value) == hex);
      CHECK(Hash(key, value, 7) == hex);
    }
  }
}

TEST_CASE("equal values are equal under one key and have nothing in common under two") {
  CHECK(Hash("a", "x") == Hash("a", "x"));
  CHECK(Hash("a", "x") != Hash("b", "x"));
  CHECK(Hash("a", "x") != Hash("a", "y"));
}

}  // namespace
}  // namespace postern::masking
