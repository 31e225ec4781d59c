// Comments: plain ones, executable ones, which are code for some servers, and optimizer hints.
#include "common/sql/ascii.h"
#include "common/sql/lexer/lexer.h"

namespace postern::sql {
namespace {

constexpr size_t kMaxVersionDigits = 6;

}  // namespace

bool Lexer::AtDashComment() const {
  if (Peek() != '-' || Peek(1) != '-') return false;
  if (pos_ + 2 >= text_.size()) return true;
  const unsigned char c = Peek(2);
  return c <= 0x20 || c == 0x7F || IsBlank(c);
}

// To the end of the line. False at a NUL, where servers end the comment but we end reading.
bool Lexer::SkipLineComment() {
  while (!AtEnd() && Peek() != '\n') {
    if (Peek() == 0) return pos_ + 1 == text_.size();
    ++pos_;
  }
  return true;
}

// Past the closing mark; a skipped versioned comment may hold one level of plain ones.
bool Lexer::SkipToCommentEnd(bool one_nested) {
  while (!AtEnd()) {
    if (one_nested && Peek() == '/' && Peek(1) == '*') {
      pos_ += 2;
      if (!SkipToCommentEnd(false)) return false;
    } else if (Peek() == '*' && Peek(1) == '/') {
      pos_ += 2;
      return true;
    } else {
      ++pos_;
    }
  }
  return false;
}

bool Lexer::Executes(unsigned version, bool maria_marks) const {
  if (version > static_cast<unsigned>(version_)) return false;
  return !mariadb_ || version < 50700 || version > 99999 || maria_marks;
}

// At the first byte after "/*!" or "/*M!". Either enters the comment's content or passes the whole of it.
Token Lexer::SkipExecutable(size_t marks) {
  const size_t begin = pos_;
  if (in_executable_) return Error(ParseErrorKind::kAmbiguousComment, begin);
  pos_ += marks;
  size_t digits = 0;
  unsigned version = 0;
  while (digits < kMaxVersionDigits + 1 && IsDigit(Peek(digits))) {
    if (digits < kMaxVersionDigits) version = version * 10 + (Peek(digits) - '0');
    ++digits;
  }
  if (digits > kMaxVersionDigits) return Error(ParseErrorKind::kAmbiguousComment, begin);
  // Six digits with no blank after them, or before MySQL 8: some versions read five and run the sixth.
  if (digits == kMaxVersionDigits && !mariadb_ && (!IsBlank(Peek(digits)) || version_ < 80000)) {
    return Error(ParseErrorKind::kAmbiguousComment, begin);
  }
  if (digits >= 5 && !Executes(version, marks == 4)) {
    if (!SkipToCommentEnd(true)) return Error(ParseErrorKind::kUnterminated, begin);
    return Token{};
  }
  if (digits >= 5) pos_ += digits;
  in_executable_ = true;
  return Token{};
}

// At "/*". Answers an error token, or kEnd for "passed".
Token Lexer::SkipComment() {
  const size_t begin = pos_;
  if (Peek(2) == '!') return SkipExecutable(3);
  if (mariadb_ && Peek(2) == 'M' && Peek(3) == '!') return SkipExecutable(4);
  pos_ += 2;
  if (!SkipToCommentEnd(false)) return Error(ParseErrorKind::kUnterminated, begin);
  return Token{};
}

Token Lexer::SkipBlanksAndComments() {
  for (;;) {
    const unsigned char c = Peek();
    const size_t begin = pos_;
    if (IsBlank(c) && !AtEnd()) {
      ++pos_;
      continue;
    }
    if (c == '#' || AtDashComment()) {
      if (!SkipLineComment()) return Error(ParseErrorKind::kNulByte, begin);
    } else if (c == '/' && Peek(1) == '*') {
      const Token error = SkipComment();
      if (error.kind == TokenKind::kError) return error;
    } else if (c == '*' && Peek(1) == '/' && in_executable_) {
      pos_ += 2;
      in_executable_ = false;
    } else {
      return Token{};
    }
    dropped_ = true;
  }
}

// At "/*+" behind a word that takes hints. The server reads quoted names inside, so a closing mark within quotes would
// not close it there: such a hint is not read.
Token Lexer::Hint(size_t begin) {
  pos_ += 3;
  bool even = true;
  for (; !AtEnd() && !(Peek() == '*' && Peek(1) == '/'); ++pos_) {
    const unsigned char c = Peek();
    if (c == 0) return Error(ParseErrorKind::kNulByte, pos_);
    if (c == '`' || c == '\'' || c == '"') even = !even;
  }
  if (AtEnd()) return Error(ParseErrorKind::kUnterminated, begin);
  if (!even) return Error(ParseErrorKind::kAmbiguousComment, begin);
  pos_ += 2;
  return Make(TokenKind::kHint, begin);
}

}  // namespace postern::sql
