#include "gateway/masking/keyed_hash.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace postern::masking {
namespace {

// Precedes every value. Changing it changes every hash that an agent may have kept.
constexpr std::string_view kPurpose = "postern mask hash 1";
constexpr uint8_t kInnerPad = 0x36;
constexpr uint8_t kOuterPad = 0x5C;

using Block = std::array<uint8_t, SHA256_CBLOCK>;

// RFC 2104: a key longer than a block is its hash, a shorter one is followed by zeros.
Block KeyBlock(std::string_view key) {
  Block block{};
  if (key.size() > block.size()) {
    SHA256(reinterpret_cast<const uint8_t*>(key.data()), key.size(), block.data());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  return block;
}

void StartWith(SHA256_CTX& context, Block block, uint8_t pad) {
  for (uint8_t& byte : block) byte ^= pad;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
}

}  // namespace

HashKey::HashKey(std::string_view key) {
  Block block = KeyBlock(key);
  StartWith(inner_, block, kInnerPad);
  StartWith(outer_, block, kOuterPad);
  OPENSSL_cleanse(block.data(), block.size());
  SHA256_Update(&inner_, kPurpose.data(), kPurpose.size() + 1);  // with its NUL
}

HashKey::~HashKey() {
  OPENSSL_cleanse(&inner_, sizeof(inner_));
  OPENSSL_cleanse(&outer_, sizeof(outer_));
}

void KeyedHash::Begin(const HashKey& key) {
  inner_ = key.inner_;
  outer_ = key.outer_;
}

void KeyedHash::Add(std::string_view bytes) { SHA256_Update(&inner_, bytes.data(), bytes.size()); }

std::string_view KeyedHash::Finish(size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), &inner_);
  SHA256_Update(&outer_, digest.data(), digest.size());
  SHA256_Final(digest.data(), &outer_);
  digits = std::min(digits, kHexDigits);
  for (size_t i = 0; i < digits; ++i) hex_[i] = kDigits[i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 0xF];
  return {hex_.data(), digits};
}

}  // namespace postern::masking
