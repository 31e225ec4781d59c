#include "gateway/identity/jose/base64url.h"

#include <cstdint>

namespace postern::jose {
namespace {

// 0 to 63, or -1.
int ValueOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes;
  // Once and for all, so that no half of a signature stays behind in freed memory.
  bytes.reserve(text.size() / 4 * 3 + 3);
  uint32_t pending = 0;
  int pending_bits = 0;
  for (const char c : text) {
    const int value = ValueOf(c);
    if (value < 0) return std::nullopt;
    pending = (pending << 6) | static_cast<uint32_t>(value);
    pending_bits += 6;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    bytes.push_back(static_cast<char>((pending >> pending_bits) & 0xFF));
    pending &= (1U << pending_bits) - 1;
  }
  // Six bits over are a character too many; two or four that are not zero spell the same bytes differently.
  if (pending_bits == 6 || pending != 0) return std::nullopt;
  return bytes;
}

}  // namespace postern::jose
