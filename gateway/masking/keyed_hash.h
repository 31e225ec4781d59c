// HMAC-SHA-256 of a value, in hex. What depends on the key alone is computed once; a value costs no allocation.
#ifndef POSTERN_GATEWAY_MASKING_KEYED_HASH_H_
#define POSTERN_GATEWAY_MASKING_KEYED_HASH_H_

#define OPENSSL_SUPPRESS_DEPRECATED  // OpenSSL 3 has no other context that can be copied without allocating
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace postern::masking {

// The state after a key: copied for each value. Constant; any thread. Holds what the key can be abused through, so it
// is wiped when it goes.
class HashKey {
 public:
  // Hashes under the same bytes for another purpose share nothing with these: the value is preceded by a name of ours.
  explicit HashKey(std::string_view key);
  HashKey(const HashKey&) = default;
  HashKey& operator=(const HashKey&) = default;
  ~HashKey();

 private:
  friend class KeyedHash;
  SHA256_CTX inner_{};
  SHA256_CTX outer_{};
};

// One value, in pieces. Begin, Add as often as need be, Finish.
class KeyedHash {
 public:
  static constexpr size_t kHexDigits = 64;

  void Begin(const HashKey& key);
  void Add(std::string_view bytes);
  // The first `digits` of it, at most kHexDigits. Valid until the next call of Finish.
  std::string_view Finish(size_t digits = kHexDigits);

 private:
  SHA256_CTX inner_{};
  SHA256_CTX outer_{};
  std::array<char, kHexDigits> hex_{};
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_KEYED_HASH_H_
