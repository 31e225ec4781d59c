#include "common/ids/ulid.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace postern::ids {
namespace {

constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int kUlidChars = 26;

}  // namespace

std::string NewId(std::string_view prefix) {
  std::array<unsigned char, 16> bits{};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  for (int i = 0; i < 6; ++i) bits[static_cast<size_t>(i)] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  if (RAND_bytes(bits.data() + 6, 10) != 1) std::abort();

  std::string id(prefix);
  id.reserve(prefix.size() + kUlidChars);
  // 128 bits as 26 digits of 5 bits: the first digit holds the top 3.
  for (int digit = 0; digit < kUlidChars; ++digit) {
    unsigned value = 0;
    for (int bit = 0; bit < 5; ++bit) {
      const int at = digit * 5 + bit - 2;
      const unsigned one = at < 0 ? 0U : (bits[static_cast<size_t>(at / 8)] >> (7 - at % 8)) & 1U;
      value = value << 1 | one;
    }
    id.push_back(kCrockford[value]);
  }
  return id;
}

}  // namespace postern::ids
