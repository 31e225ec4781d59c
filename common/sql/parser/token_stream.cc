// The parser's view of the tokens: one current, a few ahead, and the one place where a parse fails.
#include "common/sql/ascii.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

constexpr size_t kMaxFound = 40;

std::string_view OpText(Op op) {
  switch (op) {
    case Op::kOpen: return "(";
    case Op::kClose: return ")";
    case Op::kComma: return ",";
    case Op::kEqual: return "=";
    case Op::kDot: return ".";
    case Op::kCloseBrace: return "}";
    case Op::kNone:
    case Op::kPlus:
    case Op::kMinus:
    case Op::kStar:
    case Op::kSlash:
    case Op::kPercent:
    case Op::kCaret:
    case Op::kTilde:
    case Op::kAmpersand:
    case Op::kPipe:
    case Op::kShiftLeft:
    case Op::kShiftRight:
    case Op::kAndAnd:
    case Op::kOrOr:
    case Op::kNot:
    case Op::kNullSafeEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
    case Op::kAssign:
    case Op::kArrow:
    case Op::kArrowText:
    case Op::kSemicolon:
    case Op::kOpenBrace:
    case Op::kColon:
    case Op::kDotDot:
    case Op::kDiv: return "an operator";
  }
  return "an operator";
}

}  // namespace

Parser::Parser(std::string_view text, const Dialect& dialect, const Limits& limits, Arena& arena, Outline* outline)
    : text_(text), dialect_(dialect), limits_(limits), arena_(arena), lexer_(text, dialect), outline_(outline) {
  if (text.size() > limits.max_bytes) {
    error_kind_ = ParseErrorKind::kTooLong;
    error_offset_ = limits.max_bytes;
    error_expected_ = "a shorter statement";
    error_found_ = "more text";
    failed_ = true;
    return;
  }
  token_ = Fetch();
  if (token_.kind == TokenKind::kError) Fail("a statement");
}

Token Parser::Fetch() { return lexer_.Next(); }

void Parser::Advance() {
  if (failed_) return;
  last_end_ = token_.end;
  if (token_.kind == TokenKind::kParameter) ++parameters_;
  if (ahead_count_ == 0) {
    token_ = Fetch();
  } else {
    token_ = ahead_[0];
    for (size_t i = 1; i < ahead_count_; ++i) ahead_[i - 1] = ahead_[i];
    --ahead_count_;
  }
  if (++tokens_ > limits_.max_tokens) FailWith(ParseErrorKind::kTooManyTokens, "a shorter statement");
  if (token_.kind == TokenKind::kError) Fail("");
}

// REQUIRES: 1 <= ahead <= 4.
const Token& Parser::Peek(size_t ahead) {
  while (ahead_count_ < ahead) ahead_[ahead_count_++] = failed_ ? Token{} : Fetch();
  return ahead_[ahead - 1];
}

bool Parser::AtWord(std::string_view word) const {
  return token_.kind == TokenKind::kWord && EqualsIgnoreCase(TextOf(token_), word);
}

bool Parser::Accept(Kw keyword) {
  if (!At(keyword)) return false;
  Advance();
  return true;
}

bool Parser::Accept(Op op) {
  if (!At(op)) return false;
  Advance();
  return true;
}

bool Parser::AcceptAll(Kw first, Kw second) {
  if (!At(first) || Peek().keyword != second) return false;
  Advance();
  Advance();
  return true;
}

bool Parser::AcceptWord(std::string_view word) {
  if (!AtWord(word)) return false;
  Advance();
  return true;
}

void Parser::Expect(Kw keyword) {
  if (!Accept(keyword)) Fail(KeywordText(keyword));
}

void Parser::Expect(Op op) {
  if (!Accept(op)) Fail(OpText(op));
}

void Parser::Fail(std::string_view expected) {
  FailWith(token_.kind == TokenKind::kError ? token_.error : ParseErrorKind::kSyntax, expected);
}

void Parser::FailWith(ParseErrorKind kind, std::string_view expected) {
  if (failed_) return;
  failed_ = true;
  error_kind_ = kind;
  error_offset_ = token_.begin;
  error_expected_ = expected;
  const std::string_view found = TextOf(token_).substr(0, kMaxFound);
  if (token_.kind == TokenKind::kEnd) {
    error_found_ = "end of statement";
  } else if (found.empty()) {
    error_found_ = "the text";
  } else {
    error_found_ = "'";
    Append(error_found_, found, token_.end - token_.begin > kMaxFound ? "...'" : "'");
  }
  token_ = Token{};  // the end: every rule stops here
  ahead_count_ = 0;
}

ParseError Parser::error() const {
  ParseError error;
  error.kind = error_kind_;
  error.offset = error_offset_;
  error.found = error_found_;
  error.expected = std::string(error_expected_);
  error.hint = hint_;
  return error;
}

bool Parser::IsName(const Token& token) const {
  if (token.kind == TokenKind::kQuotedName) return true;
  return token.kind == TokenKind::kWord && (token.keyword == Kw::kNone || !IsReserved(token.keyword, dialect_));
}

}  // namespace postern::sql
