#include "common/sql/lexer/lexer.h"

#include <array>

#include "common/sql/ascii.h"
#include "common/sql/lexer/name_char.h"
#include "common/sql/lexer/charset_names.h"

namespace postern::sql {
namespace {

constexpr std::array<bool, 256> NameChars() {
  std::array<bool, 256> is{};
  for (int c = 0; c < 128; ++c) {
    is[static_cast<size_t>(c)] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
  }
  return is;
}

constexpr std::array<bool, 256> kIsNameChar = NameChars();

bool IsAsciiNameChar(unsigned char c) { return kIsNameChar[c]; }

bool TakesHint(Kw keyword) {
  return keyword == Kw::kSELECT || keyword == Kw::kINSERT || keyword == Kw::kREPLACE || keyword == Kw::kUPDATE ||
         keyword == Kw::kDELETE;
}

// Bytes that neither are blanks nor can start a comment or end one.
bool StartsPlainly(unsigned char c) { return (c >= '0' && c < 0x7F) || c == '\'' || c == ',' || c == '(' || c == ')'; }

}  // namespace

Lexer::Lexer(std::string_view text, const Dialect& dialect)
    : text_(text),
      version_(dialect.version),
      mariadb_(dialect.IsMariaDb()),
      mode_(dialect.mode),
      latin1_(dialect.charset == Charset::kLatin1),
      charset_(dialect.charset) {
  if (charset_ == Charset::kUnsafe) Error(ParseErrorKind::kUnsafeCharset, 0);
  if (mode_.oracle || mode_.mssql) Error(ParseErrorKind::kUnsupportedMode, 0);
}

Token Lexer::Make(TokenKind kind, size_t begin) const {
  Token token;
  token.kind = kind;
  token.begin = static_cast<uint32_t>(begin);
  token.end = static_cast<uint32_t>(pos_);
  return token;
}

Token Lexer::MakeOp(Op op, size_t begin, size_t length) {
  pos_ = begin + length;
  Token token = Make(TokenKind::kOperator, begin);
  token.op = op;
  return token;
}

Token Lexer::Error(ParseErrorKind kind, size_t begin) {
  failed_ = true;
  failure_ = Make(TokenKind::kError, begin);
  failure_.error = kind;
  if (failure_.end < failure_.begin) failure_.end = failure_.begin;
  return failure_;
}

Token Lexer::Next() {
  if (failed_) return failure_;
  return Scan();
}

// Length of the name character at `at`, 0 if there is none. Whole characters of the charset only.
size_t Lexer::NameCharLength(size_t at) const {
  if (at >= text_.size()) return 0;
  const unsigned char c = static_cast<unsigned char>(text_[at]);
  if (c < 0x80) return IsAsciiNameChar(c) ? 1 : 0;
  return WideNameCharLength(text_, at, charset_);
}

bool Lexer::PassName() {
  const size_t begin = pos_;
  for (;;) {
    while (pos_ < text_.size() && IsAsciiNameChar(static_cast<unsigned char>(text_[pos_]))) ++pos_;
    const size_t length = NameCharLength(pos_);
    if (length == 0) return pos_ != begin;
    pos_ += length;
  }
}

Token Lexer::Scan() {
  if (after_name_dot_) {
    after_name_dot_ = false;
    return Word(pos_, true);
  }
  if (hint_may_follow_) {
    hint_may_follow_ = false;
    while (!AtEnd() && IsBlank(Peek())) ++pos_;
    if (Peek() == '/' && Peek(1) == '*' && Peek(2) == '+') return Hint(pos_);
  }
  while (pos_ < text_.size() && text_[pos_] == ' ') ++pos_;
  if (!StartsPlainly(Peek())) {
    const Token error = SkipBlanksAndComments();
    if (error.kind == TokenKind::kError) return error;
  }

  const size_t begin = pos_;
  if (AtEnd() || (Peek() == 0 && pos_ + 1 == text_.size())) {
    if (in_executable_) return Error(ParseErrorKind::kUnterminated, begin);
    return Make(TokenKind::kEnd, begin);
  }
  const char c = text_[pos_];
  if (c == ',') return MakeOp(Op::kComma, begin, 1);
  if (c == '\'') return Quoted('\'', !mode_.no_backslash_escapes, TokenKind::kString, begin);
  if (c == '"') {
    if (mode_.ansi_quotes) return Quoted('"', false, TokenKind::kQuotedName, begin);
    return Quoted('"', !mode_.no_backslash_escapes, TokenKind::kString, begin);
  }
  if (c == '`') return Quoted('`', false, TokenKind::kQuotedName, begin);
  if (IsDigit(static_cast<unsigned char>(c))) return Number(begin);
  if (c == '.' && IsDigit(Peek(1)) && begin != word_end_) return Fraction(begin);
  if (c == '$') return Error(ParseErrorKind::kDollarQuote, begin);
  if (c == '@') return At(begin);
  if (NameCharLength(pos_) != 0) return Word(begin, false);
  if (c == 0) return Error(ParseErrorKind::kNulByte, begin);
  if (static_cast<unsigned char>(c) >= 0x80) return Error(ParseErrorKind::kInvalidCharacter, begin);
  return Operator(c, begin);
}

size_t Lexer::BlanksEnd(size_t at) const {
  while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\n')) ++at;
  return at;
}

// Behind a number, a quoted string or NULL that starts at `at`; 0 for anything else, which is left to Scan.
size_t Lexer::LiteralEnd(size_t at) const {
  const size_t size = text_.size();
  if (at < size && text_[at] == '\'') {
    for (++at; at < size; ++at) {
      if (text_[at] == '\\' && !mode_.no_backslash_escapes) {
        ++at;
      } else if (text_[at] == '\'') {
        if (at + 1 >= size || text_[at + 1] != '\'') return at + 1;
        ++at;
      }
    }
    return 0;
  }
  if (size - at >= 4 && EqualsIgnoreCase(text_.substr(at, 4), "NULL")) return at + 4;
  if (at < size && text_[at] == '-') ++at;
  const size_t digits = at;
  while (at < size && IsDigit(static_cast<unsigned char>(text_[at]))) ++at;
  if (at == digits) return 0;
  if (at < size && text_[at] == '.') {
    ++at;
    while (at < size && IsDigit(static_cast<unsigned char>(text_[at]))) ++at;
  }
  return at;
}

size_t Lexer::PassLiteralRows() {
  if (failed_ || hint_may_follow_ || after_name_dot_) return 0;
  size_t rows = 0;
  for (size_t at = pos_;; ++rows) {
    for (;;) {
      at = LiteralEnd(BlanksEnd(at));
      if (at == 0) return rows;
      at = BlanksEnd(at);
      if (at >= text_.size() || (text_[at] != ',' && text_[at] != ')')) return rows;
      if (text_[at++] == ')') break;
    }
    at = BlanksEnd(at);
    if (at >= text_.size() || text_[at] != ',') return rows;
    at = BlanksEnd(at + 1);
    if (at >= text_.size() || text_[at] != '(') return rows;
    pos_ = ++at;
  }
}

Token Lexer::Word(size_t begin, bool after_dot) {
  const char first = text_[begin];
  if (first == '$') return Error(ParseErrorKind::kDollarQuote, begin);
  if (!after_dot && Peek(1) == '\'') {
    if (first == 'N' || first == 'n') {
      ++pos_;
      return Quoted('\'', !mode_.no_backslash_escapes, TokenKind::kNationalString, begin);
    }
    if (first == 'x' || first == 'X') return QuotedDigits(TokenKind::kHexString, begin);
    if (first == 'b' || first == 'B') return QuotedDigits(TokenKind::kBitString, begin);
  }
  PassName();
  word_end_ = pos_;
  Token token = Make(TokenKind::kWord, begin);
  if (Peek() == '.' && pos_ + 1 < text_.size() && (Peek(1) == '$' || NameCharLength(pos_ + 1) != 0)) {
    return token;  // a qualifier is never a keyword; the dot comes next
  }
  if (after_dot) return token;
  const std::string_view text = text_.substr(begin, pos_ - begin);
  if (first == '_' && IsCharsetName(text.substr(1))) {
    token.kind = TokenKind::kIntroducer;
    return token;
  }
  size_t open = pos_;
  if (mode_.ignore_space) {
    while (open < text_.size() && IsBlank(static_cast<unsigned char>(text_[open]))) ++open;
  }
  token.adjacent_open = open < text_.size() && text_[open] == '(';
  token.keyword = FindKeyword(text);
  if (TakesHint(token.keyword)) hint_may_follow_ = !mariadb_ || version_ >= 120000;
  return token;
}

// At a digit that does not follow a name's dot.
Token Lexer::Number(size_t begin) {
  if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'b')) {
    const bool hex = Peek(1) == 'x';
    size_t length = 2;
    while (hex ? IsHexDigit(Peek(length)) : Peek(length) == '0' || Peek(length) == '1') ++length;
    if (length > 2 && NameCharLength(pos_ + length) == 0) {
      pos_ += length;
      return Make(hex ? TokenKind::kHexNumber : TokenKind::kBitNumber, begin);
    }
  }
  while (IsDigit(Peek())) ++pos_;
  if (const unsigned char c = Peek(); c == ',' || c == ')' || c == ' ') return Make(TokenKind::kInteger, begin);
  if (NameCharLength(pos_) == 0) {
    const bool range = mariadb_ && Peek() == '.' && Peek(1) == '.';
    return Peek() == '.' && !range ? Fraction(begin) : Make(TokenKind::kInteger, begin);
  }
  const unsigned char e = Peek();
  if (e == 'e' || e == 'E') {
    const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if (IsDigit(Peek(1 + sign))) {
      pos_ += 1 + sign;
      while (IsDigit(Peek())) ++pos_;
      return Make(TokenKind::kFloat, begin);
    }
  }
  PassName();  // a name that starts with digits
  word_end_ = pos_;
  return Make(TokenKind::kWord, begin);
}

// At the point of a number; digits before it are passed already.
Token Lexer::Fraction(size_t begin) {
  ++pos_;
  while (IsDigit(Peek())) ++pos_;
  if (Peek() != 'e' && Peek() != 'E') return Make(TokenKind::kDecimal, begin);
  const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
  if (!IsDigit(Peek(1 + sign))) return Error(ParseErrorKind::kUnknownToken, begin);
  pos_ += 1 + sign;
  while (IsDigit(Peek())) ++pos_;
  return Make(TokenKind::kFloat, begin);
}

// At the opening quote. A doubled quote stands for itself; a backslash takes the next byte with it where it escapes.
Token Lexer::Quoted(char quote, bool escapes, TokenKind kind, size_t begin) {
  const bool is_name = kind == TokenKind::kQuotedName;
  const size_t open = pos_++;
  for (; pos_ < text_.size(); ++pos_) {
    const char c = text_[pos_];
    if (c == '\\' && escapes) {
      ++pos_;
    } else if (c == quote) {
      if (Peek(1) != static_cast<unsigned char>(quote)) {
        ++pos_;
        if (is_name && pos_ - open == 2) return Error(ParseErrorKind::kUnknownToken, begin);
        return Make(kind, begin);
      }
      ++pos_;
    } else if (c == 0 && is_name) {
      return Error(ParseErrorKind::kNulByte, pos_);
    } else if (is_name && static_cast<unsigned char>(c) >= 0x80) {
      const size_t length = WideNameCharLength(text_, pos_, charset_);
      if (length == 0) return Error(ParseErrorKind::kInvalidCharacter, pos_);
      pos_ += length - 1;
    }
  }
  pos_ = text_.size();
  return Error(ParseErrorKind::kUnterminated, begin);
}

// At the x of x'41' or the b of b'01'.
Token Lexer::QuotedDigits(TokenKind kind, size_t begin) {
  const bool hex = kind == TokenKind::kHexString;
  pos_ += 2;
  size_t digits = 0;
  while (hex ? IsHexDigit(Peek()) : Peek() == '0' || Peek() == '1') {
    ++pos_;
    ++digits;
  }
  if (Peek() != '\'' || (hex && digits % 2 != 0)) return Error(ParseErrorKind::kUnknownToken, begin);
  ++pos_;
  return Make(kind, begin);
}

// At '@'. No blank may stand between it and the name.
Token Lexer::At(size_t begin) {
  const unsigned char next = Peek(1);
  if (next == '@') {
    if (Peek(2) != '`' && (Peek(2) == '$' || NameCharLength(pos_ + 2) == 0)) {
      return Error(ParseErrorKind::kUnknownToken, begin);
    }
    pos_ += 2;
    return Make(TokenKind::kSystemVariable, begin);
  }
  ++pos_;
  if (next == '`' || (next == '"' && mode_.ansi_quotes)) {
    const Token name = Quoted(static_cast<char>(next), false, TokenKind::kQuotedName, begin);
    return name.kind == TokenKind::kError ? name : Make(TokenKind::kUserVariable, begin);
  }
  if (next == '\'' || next == '"') {
    return Quoted(static_cast<char>(next), !mode_.no_backslash_escapes, TokenKind::kUserVariable, begin);
  }
  while (IsAsciiNameChar(Peek()) || Peek() == '.') ++pos_;
  if (pos_ == begin + 1 || Peek() >= 0x80) return Error(ParseErrorKind::kUnknownToken, begin);
  return Make(TokenKind::kUserVariable, begin);
}

Op Lexer::ComparisonOp(std::string_view run) const {
  if (run == "<") return Op::kLess;
  if (run == "<=") return Op::kLessEqual;
  if (run == "<=>") return Op::kNullSafeEqual;
  if (run == "<>" || run == "!=") return Op::kNotEqual;
  if (run == "<<") return Op::kShiftLeft;
  if (run == ">") return Op::kGreater;
  if (run == ">=") return Op::kGreaterEqual;
  if (run == ">>") return Op::kShiftRight;
  if (run == "=") return Op::kEqual;
  if (run == "!") return Op::kNot;
  return Op::kNone;
}

// MySQL takes a run of < > = ! whole and loses a byte of one that is no operator (`!!1` is 0 there): refused. MariaDB
// falls back to the longest operator that the run starts with.
Token Lexer::Comparison(char c, size_t begin) {
  const auto joins = [](unsigned char n) { return n == '=' || n == '>' || n == '!'; };
  size_t length = 1;
  if (joins(Peek(1)) || Peek(1) == '<') {
    length = 2;
    if (c == '<' && joins(Peek(2))) length = 3;
  }
  for (; length > 0; --length) {
    const Op op = ComparisonOp(text_.substr(begin, length));
    if (op != Op::kNone) return MakeOp(op, begin, length);
    if (!mariadb_) break;
  }
  return Error(ParseErrorKind::kUnknownToken, begin);
}

Token Lexer::Operator(char c, size_t begin) {
  const unsigned char next = Peek(1);
  switch (c) {
    case '<':
    case '>':
    case '=':
    case '!': return Comparison(c, begin);
    case '+': return MakeOp(Op::kPlus, begin, 1);
    case '-':
      if (next != '>') return MakeOp(Op::kMinus, begin, 1);
      return Peek(2) == '>' ? MakeOp(Op::kArrowText, begin, 3) : MakeOp(Op::kArrow, begin, 2);
    case '*': return MakeOp(Op::kStar, begin, 1);
    case '/': return MakeOp(Op::kSlash, begin, 1);
    case '%': return MakeOp(Op::kPercent, begin, 1);
    case '^': return MakeOp(Op::kCaret, begin, 1);
    case '~': return MakeOp(Op::kTilde, begin, 1);
    case '&': return next == '&' ? MakeOp(Op::kAndAnd, begin, 2) : MakeOp(Op::kAmpersand, begin, 1);
    case '|': return next == '|' ? MakeOp(Op::kOrOr, begin, 2) : MakeOp(Op::kPipe, begin, 1);
    case ':': return next == '=' ? MakeOp(Op::kAssign, begin, 2) : MakeOp(Op::kColon, begin, 1);
    case '.': {
      if (mariadb_ && next == '.') return MakeOp(Op::kDotDot, begin, 2);
      after_name_dot_ = NameCharLength(pos_ + 1) != 0;
      return MakeOp(Op::kDot, begin, 1);
    }
    case ',': return MakeOp(Op::kComma, begin, 1);
    case ';': return MakeOp(Op::kSemicolon, begin, 1);
    case '(': return MakeOp(Op::kOpen, begin, 1);
    case ')': return MakeOp(Op::kClose, begin, 1);
    case '{': return MakeOp(Op::kOpenBrace, begin, 1);
    case '}': return MakeOp(Op::kCloseBrace, begin, 1);
    case '?':
      ++pos_;
      if (NameCharLength(pos_) != 0) return Error(ParseErrorKind::kUnknownToken, begin);
      return Make(TokenKind::kParameter, begin);
    case '\\':
      if (mariadb_ && next == 'N') {
        pos_ += 2;
        return Make(TokenKind::kNullBackslash, begin);
      }
      return Error(ParseErrorKind::kUnknownToken, begin);
    default: return Error(ParseErrorKind::kUnknownToken, begin);
  }
}

}  // namespace postern::sql
