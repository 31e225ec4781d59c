// A statement written out for people, and for comparing: keywords in capitals, one blank between tokens, each clause on a
// line of its own, what is nested indented, no comments but hints, quotes only around names that need them. Names,
// functions and literals stay as they were written. Pure, any thread, linear in the text.
#ifndef POSTERN_COMMON_SQL_PRINT_H_
#define POSTERN_COMMON_SQL_PRINT_H_

#include <optional>
#include <string>
#include <string_view>

#include "common/sql/dialect.h"
#include "common/sql/parse_error.h"

namespace postern::sql {

struct Printed {
  std::optional<ParseError> error;  // set: nothing below holds
  std::string text;
  bool laid_out = true;  // false: only the canonical text, because what we would have written reads differently

  bool ok() const { return !error.has_value(); }
};

// Prints exactly one statement, or says why it cannot be read, as Read does.
// INVARIANT: the printed text reads, in the same dialect, to the same tree as the statement (Summarize), from the same
// tokens but for keywords' letter case and names' quotes. This is checked each time. Printing it again changes nothing.
Printed Print(std::string_view text, const Dialect& dialect, const Limits& limits = {});

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_PRINT_H_
