// Writes a statement's tokens out again, as print.h promises, from what its parse said of them. Pure; one use each.
#ifndef POSTERN_COMMON_SQL_PRINT_LAYOUT_H_
#define POSTERN_COMMON_SQL_PRINT_LAYOUT_H_

#include <string>
#include <string_view>

#include "common/sql/dialect.h"
#include "common/sql/lexer/token.h"
#include "common/sql/parser/outline.h"

namespace postern::sql {

class Layout {
 public:
  // REQUIRES: the outline is of a parse of this text, which holds one statement and no comments but hints.
  Layout(std::string_view text, const Dialect& dialect, const Outline& outline)
      : text_(text), dialect_(dialect), outline_(outline) {}

  std::string Write();

 private:
  std::string_view TextOf(const Token& token) const { return text_.substr(token.begin, token.end - token.begin); }
  void WriteSeparator(const Token& token);
  void WriteToken(const Token& token);
  bool IsClose(const Token& token) const;
  const Outline::Line* LineAt(uint32_t begin);

  std::string_view text_;
  const Dialect& dialect_;
  const Outline& outline_;
  std::string out_;
  Token before_;  // the token written last
  // How far the outline's lists have been used.
  size_t names_ = 0;
  size_t close_ = 0;
  size_t calls_ = 0;
  size_t lines_ = 0;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_PRINT_LAYOUT_H_
