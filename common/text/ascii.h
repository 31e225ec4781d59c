// ASCII, which is the same in every character set that we take apart. Pure, no locale.
#ifndef POSTERN_COMMON_TEXT_ASCII_H_
#define POSTERN_COMMON_TEXT_ASCII_H_

#include <cstdint>
#include <cstring>
#include <string_view>

namespace postern::text {

// Whether there is no byte over 7F. Eight bytes at a time: values of results come this way.
inline bool IsAscii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t bits = 0;
  for (; text.size() >= sizeof(bits); text.remove_prefix(sizeof(bits))) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof(eight));
    bits |= eight;
  }
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return (bits & kHighBits) == 0;
}

}  // namespace postern::text

#endif  // POSTERN_COMMON_TEXT_ASCII_H_
