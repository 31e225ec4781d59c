#include "gateway/ctl/utf8.h"

#include <array>

namespace postern::ctl {
namespace {

struct CodeRange {
  uint32_t first;
  uint32_t last;
};

constexpr std::array kHidden = {
    CodeRange{0x00, 0x1f},       CodeRange{0x7f, 0x9f},        CodeRange{0xad, 0xad},     CodeRange{0x34f, 0x34f},
    CodeRange{0x600, 0x605},     CodeRange{0x61c, 0x61c},      CodeRange{0x115f, 0x1160}, CodeRange{0x17b4, 0x17b5},
    CodeRange{0x180b, 0x180f},   CodeRange{0x200b, 0x200f},    CodeRange{0x2028, 0x202e}, CodeRange{0x2060, 0x206f},
    CodeRange{0x3164, 0x3164},   CodeRange{0xe000, 0xf8ff},    CodeRange{0xfe00, 0xfe0f}, CodeRange{0xfeff, 0xfeff},
    CodeRange{0xffa0, 0xffa0},   CodeRange{0xfff0, 0xfffb},    CodeRange{0xfffe, 0xffff}, CodeRange{0x1d173, 0x1d17a},
    CodeRange{0xe0000, 0xe0fff}, CodeRange{0xf0000, 0x10ffff},
};

constexpr std::array kCombining = {
    CodeRange{0x300, 0x36f},   CodeRange{0x483, 0x489},   CodeRange{0x591, 0x5bd},
    CodeRange{0x610, 0x61a},   CodeRange{0x64b, 0x65f},   CodeRange{0x1ab0, 0x1aff},
    CodeRange{0x1dc0, 0x1dff}, CodeRange{0x20d0, 0x20ff}, CodeRange{0xfe20, 0xfe2f},
};

constexpr std::array kWide = {
    CodeRange{0x1100, 0x115e},   CodeRange{0x2e80, 0x303e},   CodeRange{0x3041, 0x33ff}, CodeRange{0x3400, 0x4dbf},
    CodeRange{0x4e00, 0x9fff},   CodeRange{0xa000, 0xa4cf},   CodeRange{0xac00, 0xd7a3}, CodeRange{0xf900, 0xfaff},
    CodeRange{0xfe30, 0xfe4f},   CodeRange{0xff00, 0xff60},   CodeRange{0xffe0, 0xffe6}, CodeRange{0x1f300, 0x1f64f},
    CodeRange{0x1f900, 0x1f9ff}, CodeRange{0x20000, 0x3fffd},
};

template <size_t N>
bool In(const std::array<CodeRange, N>& ranges, uint32_t code) {
  for (const CodeRange& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

}  // namespace

bool IsHidden(uint32_t code) { return In(kHidden, code); }

size_t WidthOf(uint32_t code) {
  if (In(kCombining, code)) return 0;
  return In(kWide, code) ? 2 : 1;
}

}  // namespace postern::ctl
