// Cuts text into the tokens that the dialect's server would see. Never allocates, never fails: what cannot be read comes
// out as an error token, again and again. A small value: copy it to look ahead. The text must outlive it.
#ifndef POSTERN_COMMON_SQL_LEXER_LEXER_H_
#define POSTERN_COMMON_SQL_LEXER_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/sql/dialect.h"
#include "common/sql/lexer/token.h"

namespace postern::sql {

class Lexer {
 public:
  // REQUIRES: text.size() < 4 GiB.
  Lexer(std::string_view text, const Dialect& dialect);

  Token Next();

  // Behind the opening parenthesis of a row of values: passes rows of plain literals together with the comma and the
  // parenthesis behind each, as long as another row follows, without making tokens of them. Answers how many.
  size_t PassLiteralRows();

  size_t position() const { return pos_; }
  // Whether a comment, or the marks of an executable one, have been passed: then the canonical text differs.
  bool dropped_anything() const { return dropped_; }

 private:
  Token Scan();
  Token SkipBlanksAndComments();
  Token SkipComment();
  Token SkipExecutable(size_t marks);
  bool SkipToCommentEnd(bool one_nested);
  bool SkipLineComment();
  bool AtDashComment() const;
  bool Executes(unsigned version, bool maria_marks) const;

  size_t LiteralEnd(size_t at) const;
  size_t BlanksEnd(size_t at) const;
  Token Word(size_t begin, bool after_dot);
  Token Number(size_t begin);
  Token Fraction(size_t begin);
  Token Quoted(char quote, bool escapes, TokenKind kind, size_t begin);
  Token QuotedDigits(TokenKind kind, size_t begin);
  Token At(size_t begin);
  Token Hint(size_t begin);
  Token Operator(char c, size_t begin);
  Op ComparisonOp(std::string_view run) const;
  Token Comparison(char c, size_t begin);

  unsigned char Peek(size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? static_cast<unsigned char>(text_[pos_ + ahead]) : 0;
  }
  bool AtEnd() const { return pos_ >= text_.size(); }
  bool IsBlank(unsigned char c) const { return (c >= 9 && c <= 13) || c == ' ' || (c == 0xA0 && latin1_); }
  size_t NameCharLength(size_t at) const;  // 0: not part of a bare name
  bool PassName();
  Token Make(TokenKind kind, size_t begin) const;
  Token MakeOp(Op op, size_t begin, size_t length);
  Token Error(ParseErrorKind kind, size_t begin);

  std::string_view text_;
  size_t pos_ = 0;
  int version_;
  bool mariadb_;
  SqlMode mode_;
  bool latin1_;
  Charset charset_;
  bool in_executable_ = false;  // between /*! and its */
  bool after_name_dot_ = false; // the next name character starts a name, be it digit or keyword
  size_t word_end_ = SIZE_MAX;   // where a bare name ended: a dot right there joins the next name, digits or not
  bool hint_may_follow_ = false;
  bool dropped_ = false;
  bool failed_ = false;
  Token failure_;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_LEXER_LEXER_H_
