// The door to the reader: text in, facts out, or a typed refusal. Pure functions, any thread, linear in the text.
#ifndef POSTERN_COMMON_SQL_READ_H_
#define POSTERN_COMMON_SQL_READ_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"
#include "common/sql/parse_error.h"
#include "common/sql/schema.h"

namespace postern::sql {

// What is forwarded in place of the agent's text: comments gone, executable comments resolved to what the dialect's
// server would run, hints kept, everything else byte for byte. Where nothing had to change it is a view of the text that
// was read, which must then outlive it.
class CanonicalText {
 public:
  CanonicalText() = default;
  explicit CanonicalText(std::string_view unchanged) : view_(unchanged) {}
  explicit CanonicalText(std::string rebuilt) : rebuilt_(std::move(rebuilt)), is_view_(false) {}

  std::string_view view() const { return is_view_ ? view_ : std::string_view(rebuilt_); }
  bool is_view() const { return is_view_; }

 private:
  std::string_view view_;
  std::string rebuilt_;
  bool is_view_ = true;
};

// One statement, read whole; or why not.
struct Reading {
  std::optional<ParseError> error;  // set: nothing below holds
  Facts facts;
  CanonicalText canonical;
  size_t offset = 0;  // where the statement starts in the text given (ReadBatch)

  bool ok() const { return !error.has_value(); }
};

// Reads exactly one statement. What is known of the target's schema makes columns exact; see Facts::resolved. A trailing `;`, blanks and comments are fine; a second statement is kMultipleStatements.
Reading Read(std::string_view text, const Dialect& dialect, const Limits& limits = {}, const Known& known = {});

// Reads `a; b; c`. Either every statement is read or the error of the first that is not is returned. A statement after
// one that changes the character set or sql_mode is read under what that one sets; if it cannot be followed the batch is
// refused.
struct BatchReading {
  std::optional<ParseError> error;
  std::vector<Reading> statements;  // each ok()

  bool ok() const { return !error.has_value(); }
};
BatchReading ReadBatch(std::string_view text, const Dialect& dialect, const Limits& limits = {}, const Known& known = {});

// The statement with literals replaced by `?`, lists of them by `...`, keywords in capitals, one blank between tokens, and
// a 128-bit hash of that in hex: equal for statements that differ only in values. Empty for text that does not lex.
struct Digest {
  std::string text;
  std::string fingerprint;
};
Digest DigestOf(std::string_view text, const Dialect& dialect, size_t max_text_bytes = 4096);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_READ_H_
