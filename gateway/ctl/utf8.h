// One UTF-8 character at a time, strictly: no overlong forms, no surrogates, nothing past U+10FFFF. Pure.
#ifndef POSTERN_GATEWAY_CTL_UTF8_H_
#define POSTERN_GATEWAY_CTL_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postern::ctl {

struct Character {
  uint32_t code = 0;
  // Bytes it takes; an invalid one takes 1.
  size_t bytes = 1;
  bool valid = false;
};

// REQUIRES: text is not empty.
Character FirstCharacter(std::string_view text);

// Characters that steer a terminal or its text, or that nobody sees: C0 and C1 controls, direction marks, zero-width
// and format characters, line and paragraph separators, variation selectors, tags, private use and unassigned specials.
bool IsHidden(uint32_t code);

// Columns: 0, 1 or 2.
size_t WidthOf(uint32_t code);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_UTF8_H_
