// Appends MySQL integers and strings to a string the caller owns. Cannot fail.
#ifndef POSTERN_COMMON_MYSQL_WIRE_WRITER_H_
#define POSTERN_COMMON_MYSQL_WIRE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& U8(uint8_t value) { return Fixed(value, 1); }
  Writer& U16(uint16_t value) { return Fixed(value, 2); }
  Writer& U24(uint32_t value) { return Fixed(value, 3); }
  Writer& U32(uint32_t value) { return Fixed(value, 4); }
  Writer& U64(uint64_t value) { return Fixed(value, 8); }

  Writer& LenencInt(uint64_t value) {
    if (value < 0xFB) return Fixed(value, 1);
    if (value <= 0xFFFF) return U8(0xFC).Fixed(value, 2);
    if (value <= 0xFFFFFF) return U8(0xFD).Fixed(value, 3);
    return U8(0xFE).Fixed(value, 8);
  }
  Writer& LenencText(std::string_view text) { return LenencInt(text.size()).Text(text); }
  // REQUIRES: no NUL in `text`; the reader of the packet would stop there.
  Writer& NulText(std::string_view text) { return Text(text).U8(0); }
  Writer& Text(std::string_view text) {
    out_.append(text);
    return *this;
  }
  Writer& Zeros(size_t count) {
    out_.append(count, '\0');
    return *this;
  }

 private:
  Writer& Fixed(uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i) out_.push_back(static_cast<char>(value >> (8 * i)));
    return *this;
  }

  std::string& out_;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_WIRE_WRITER_H_
