#include "common/sql/parse_error.h"

#include "common/sql/ascii.h"

namespace postern::sql {

std::string_view ParseErrorKindName(ParseErrorKind kind) {
  switch (kind) {
    case ParseErrorKind::kSyntax: return "syntax";
    case ParseErrorKind::kEmpty: return "empty";
    case ParseErrorKind::kUnknownToken: return "unknown_token";
    case ParseErrorKind::kUnterminated: return "unterminated";
    case ParseErrorKind::kNulByte: return "nul_byte";
    case ParseErrorKind::kDollarQuote: return "dollar_quote";
    case ParseErrorKind::kDollarProbe: return "dollar_probe";
    case ParseErrorKind::kUnsafeCharset: return "unsafe_charset";
    case ParseErrorKind::kInvalidCharacter: return "invalid_character";
    case ParseErrorKind::kUnsupportedMode: return "unsupported_mode";
    case ParseErrorKind::kAmbiguousComment: return "ambiguous_comment";
    case ParseErrorKind::kMultipleStatements: return "multiple_statements";
    case ParseErrorKind::kTooLong: return "too_long";
    case ParseErrorKind::kTooManyTokens: return "too_many_tokens";
    case ParseErrorKind::kTooDeep: return "too_deep";
    case ParseErrorKind::kTooManyStatements: return "too_many_statements";
  }
  return "syntax";
}

namespace {

std::string_view Says(ParseErrorKind kind) {
  switch (kind) {
    case ParseErrorKind::kSyntax: return "unexpected";
    case ParseErrorKind::kEmpty: return "no statement, found";
    case ParseErrorKind::kUnknownToken: return "not a token:";
    case ParseErrorKind::kUnterminated: return "missing end of";
    case ParseErrorKind::kNulByte: return "NUL byte before";
    case ParseErrorKind::kDollarQuote:
    case ParseErrorKind::kDollarProbe: return "dollar-quoted text is not read:";
    case ParseErrorKind::kUnsafeCharset: return "the session's character set cannot be read safely, at";
    case ParseErrorKind::kInvalidCharacter: return "not a character of the session's character set:";
    case ParseErrorKind::kUnsupportedMode: return "sql_mode ORACLE and MSSQL are not read, at";
    case ParseErrorKind::kAmbiguousComment: return "versioned comment that servers read differently:";
    case ParseErrorKind::kMultipleStatements: return "one statement at a time, another starts with";
    case ParseErrorKind::kTooLong: return "statement too long, at";
    case ParseErrorKind::kTooManyTokens: return "too many words, at";
    case ParseErrorKind::kTooDeep: return "nested too deeply, at";
    case ParseErrorKind::kTooManyStatements: return "too many statements, at";
  }
  return "unexpected";
}

}  // namespace

std::string ParseError::ToString() const {
  std::string text;
  Append(text, Says(kind), " ", found, " at byte ", std::to_string(offset));
  if (!expected.empty()) Append(text, ", expected ", expected);
  return text;
}

}  // namespace postern::sql
