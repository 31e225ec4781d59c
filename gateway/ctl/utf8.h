// What a character does on a terminal. Pure.
#ifndef POSTERN_GATEWAY_CTL_UTF8_H_
#define POSTERN_GATEWAY_CTL_UTF8_H_

#include <cstddef>
#include <cstdint>

namespace postern::ctl {

// Characters that steer a terminal or its text, or that nobody sees: C0 and C1 controls, direction marks, zero-width
// and format characters, line and paragraph separators, variation selectors, tags, private use and unassigned specials.
bool IsHidden(uint32_t code);

// Columns: 0, 1 or 2.
size_t WidthOf(uint32_t code);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_UTF8_H_
