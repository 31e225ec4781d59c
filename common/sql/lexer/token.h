// One token of MySQL's language: what it is and where it stands in the text. Sixteen bytes, owns nothing.
#ifndef POSTERN_COMMON_SQL_LEXER_TOKEN_H_
#define POSTERN_COMMON_SQL_LEXER_TOKEN_H_

#include <cstdint>

#include "common/sql/lexer/keyword.h"
#include "common/sql/parse_error.h"

namespace postern::sql {

enum class TokenKind : uint8_t {
  kEnd,
  kError,          // Token::error says why; the text cannot be read
  kWord,           // bare word; Token::keyword if it spells one and does not follow a dot
  kQuotedName,     // `x`, or "x" under ANSI_QUOTES
  kString,         // 'x', or "x"
  kNationalString, // N'x'
  kHexString,      // x'41'
  kBitString,      // b'01'
  kHexNumber,      // 0x41
  kBitNumber,      // 0b01
  kInteger,
  kDecimal,
  kFloat,
  kIntroducer,     // _utf8mb4 before a string
  kUserVariable,   // @x, @'x', @`x`, and the host part of 'user'@'host'
  kSystemVariable, // the @@ before a name
  kNullBackslash,  // \N (MariaDB)
  kHint,           // /*+ ... */ where the server reads it
  kParameter,      // ?
  kOperator,       // Token::op
};

enum class Op : uint8_t {
  kNone,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kTilde,
  kAmpersand,
  kPipe,
  kShiftLeft,
  kShiftRight,
  kAndAnd,
  kOrOr,
  kNot,  // !
  kEqual,
  kNullSafeEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAssign,      // :=
  kArrow,       // ->
  kArrowText,   // ->>
  kDot,
  kComma,
  kSemicolon,
  kOpen,
  kClose,
  kOpenBrace,
  kCloseBrace,
  kColon,
  kDotDot,  // MariaDB: FOR i IN 1..5
  kDiv,     // the word DIV, in trees; never a token's
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Op op = Op::kNone;
  ParseErrorKind error = ParseErrorKind::kSyntax;
  bool adjacent_open = false;  // kWord: a function's parenthesis follows (at once, or after blanks under IGNORE_SPACE)
  Kw keyword = Kw::kNone;
  uint32_t begin = 0;
  uint32_t end = 0;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_LEXER_TOKEN_H_
