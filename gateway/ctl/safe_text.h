// Text from agents and databases, made fit for a person's terminal.
//
// A held statement is written by whoever wants it approved: escape sequences could rewrite what the reviewer sees, and
// direction marks or invisible characters could hide a part of it. All of that is shown as visible escapes. Pure.
#ifndef POSTERN_GATEWAY_CTL_SAFE_TEXT_H_
#define POSTERN_GATEWAY_CTL_SAFE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace postern::ctl {

// One line: newlines and tabs become spaces; other control characters, invalid UTF-8, direction marks and invisible
// characters become escapes such as \x1b or \u{202e}, a backslash before such a look-alike stays itself.
std::string OneLine(std::string_view text);

// The same, but newlines and tabs stay, for showing a whole statement; each line is preceded by `indent`, so that no
// line of the text can pass for one of ours.
std::string Block(std::string_view text, std::string_view indent);

// OneLine, cut to so many characters with "…" at the end.
std::string Shortened(std::string_view text, size_t characters);

// Columns the text takes on a terminal, near enough: one per character, two per wide East Asian one, none per combining
// mark.
size_t Width(std::string_view safe_text);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SAFE_TEXT_H_
