// UTF-8, strictly: no overlong forms, no surrogates, nothing past U+10FFFF. Pure.
//
// What comes from agents and servers is bytes. What goes into a string field of a protobuf message must be UTF-8, or whoever
// parses the message refuses all of it.
#ifndef POSTERN_COMMON_TEXT_UTF8_H_
#define POSTERN_COMMON_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::text {

struct Character {
  uint32_t code = 0;
  // Bytes it takes; an invalid one takes 1.
  size_t bytes = 1;
  bool valid = false;
};

// REQUIRES: text is not empty.
Character FirstCharacter(std::string_view text);

bool IsValidUtf8(std::string_view bytes);

// The bytes as UTF-8: each one that is not part of a valid character is written \xNN.
std::string ValidUtf8(std::string_view bytes);

// At most so many bytes of it, never cut within a character.
std::string_view CutUtf8(std::string_view text, size_t bytes);

}  // namespace postern::text

#endif  // POSTERN_COMMON_TEXT_UTF8_H_
