#include "gateway/ctl/safe_text.h"

#include <absl/strings/str_format.h>

#include "common/text/utf8.h"
#include "gateway/ctl/utf8.h"

namespace postern::ctl {
namespace {

using text::Character;
using text::FirstCharacter;

// Marks piled on one character could run over the lines around it.
constexpr int kMostMarks = 2;

void AppendEscaped(std::string& out, const Character& character) {
  if (!character.valid || character.code < 0x80) {
    absl::StrAppendFormat(&out, "\\x%02x", character.code);
  } else {
    absl::StrAppendFormat(&out, "\\u{%x}", character.code);
  }
}

template <class KeepsLayout>
std::string Safe(std::string_view text, KeepsLayout layout) {
  std::string out;
  int marks = 0;
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    const bool is_mark = character.valid && WidthOf(character.code) == 0;
    marks = is_mark ? marks + 1 : 0;
    if (character.code == '\n' || character.code == '\t') {
      layout(out, static_cast<char>(character.code));
    } else if (!character.valid || IsHidden(character.code) || marks > kMostMarks) {
      AppendEscaped(out, character);
    } else {
      out.append(text.substr(0, character.bytes));
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

}  // namespace

std::string OneLine(std::string_view text) {
  return Safe(text, [](std::string& out, char) { out += ' '; });
}

std::string Block(std::string_view text, std::string_view indent) {
  return std::string(indent) + Safe(text, [indent](std::string& out, char layout) {
           out += layout;
           if (layout == '\n') out.append(indent);
         });
}

std::string Shortened(std::string_view text, size_t characters) {
  // Far more bytes than any cut needs; the rest is not even looked at.
  const std::string line = OneLine(text.substr(0, characters * 8));
  if (Width(line) <= characters && text.size() <= characters * 8) return line;
  std::string_view rest = line;
  size_t width = 0;
  while (!rest.empty()) {
    const Character character = FirstCharacter(rest);
    width += WidthOf(character.code);
    if (width + 1 > characters) break;
    rest.remove_prefix(character.bytes);
  }
  return line.substr(0, line.size() - rest.size()) + "…";
}

size_t Width(std::string_view safe_text) {
  size_t width = 0;
  while (!safe_text.empty()) {
    const Character character = FirstCharacter(safe_text);
    width += WidthOf(character.code);
    safe_text.remove_prefix(character.bytes);
  }
  return width;
}

}  // namespace postern::ctl
