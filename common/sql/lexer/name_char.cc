#include "common/sql/lexer/name_char.h"

namespace postern::sql {
namespace {

bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

}  // namespace

size_t WideNameCharLength(std::string_view text, size_t at, Charset charset) {
  if (charset != Charset::kUtf8mb4 && charset != Charset::kUtf8mb3) return 0;
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0; };
  const unsigned char c = byte(0);
  if (c >= 0xC2 && c <= 0xDF) return IsContinuation(byte(1)) ? 2 : 0;
  if (c < 0xE0 || c > 0xEF) return 0;
  const bool overlong = c == 0xE0 && byte(1) < 0xA0;
  const bool surrogate = c == 0xED && byte(1) >= 0xA0;
  return !overlong && !surrogate && IsContinuation(byte(1)) && IsContinuation(byte(2)) ? 3 : 0;
}

bool IsSafeName(std::string_view name, Charset charset) {
  for (size_t at = 0; at < name.size();) {
    const auto c = static_cast<unsigned char>(name[at]);
    const size_t length = c >= 0x80 ? WideNameCharLength(name, at, charset) : c == 0 ? 0 : 1;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace postern::sql
