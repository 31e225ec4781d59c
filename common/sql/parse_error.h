// Why a text was not read. A refusal is a typed value: the caller branches on the kind, people read ToString().
#ifndef POSTERN_COMMON_SQL_PARSE_ERROR_H_
#define POSTERN_COMMON_SQL_PARSE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/sql/facts/verb.h"

namespace postern::sql {

enum class ParseErrorKind : uint8_t {
  kSyntax,               // no rule of the grammar fits at `offset`
  kEmpty,                // only blanks and comments
  kUnknownToken,         // a byte that starts no token
  kUnterminated,         // a string, identifier or comment without its end
  kNulByte,              // NUL outside a string; or text after it
  kDollarQuote,          // $$...$$: one token on some servers, an identifier on others
  kDollarProbe,          // exactly the probe `select $$` of the mysql 9 client; the answer it expects is error 1064
  kUnsafeCharset,        // character_set_client is not one we can read
  kInvalidCharacter,     // bytes that are not a character of character_set_client
  kUnsupportedMode,      // sql_mode ORACLE or MSSQL
  kAmbiguousComment,     // an executable comment that this server family does not read alike
  kMultipleStatements,   // something after `;` and the caller asked for one statement
  kTooLong,
  kTooManyTokens,
  kTooDeep,
  kTooManyStatements,
};
std::string_view ParseErrorKindName(ParseErrorKind kind);

struct ParseError {
  ParseErrorKind kind = ParseErrorKind::kSyntax;
  size_t offset = 0;      // into the text as given, where reading stopped
  std::string found;      // what stood there, shortened; "end of statement" at the end
  std::string expected;   // what would have fitted; may be empty
  // The verb that the first words suggest. For the text of an error and the name of a rule that denies, NEVER to allow:
  // the statement was not read.
  Verb hint = Verb::kUnknown;

  // One line for people: "unexpected 'FORM' at byte 9, expected FROM or end of statement".
  std::string ToString() const;

  friend bool operator==(const ParseError&, const ParseError&) = default;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_PARSE_ERROR_H_
