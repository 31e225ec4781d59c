// The words of MySQL's and MariaDB's grammars and where each is reserved. Constant tables, any thread.
#ifndef POSTERN_COMMON_SQL_LEXER_KEYWORD_H_
#define POSTERN_COMMON_SQL_LEXER_KEYWORD_H_

#include <cstdint>
#include <string_view>

#include "common/sql/dialect.h"

namespace postern::sql {

enum class Kw : uint16_t {
  kNone,
#define X(word, mysql, mariadb) k##word,
#include "common/sql/lexer/keyword_list.inc"
#undef X
};

// The keyword a bare word spells in any letter case, or kNone.
Kw FindKeyword(std::string_view word);
// In capitals, as grammars write it.
std::string_view KeywordText(Kw keyword);
// Whether the dialect's server refuses the bare word as a name.
bool IsReserved(Kw keyword, const Dialect& dialect);
// Words that the server takes for a function only where its parenthesis follows at once (or under IGNORE_SPACE);
// elsewhere they are ordinary names, and a stored function of that name could be meant.
bool IsAdjacentFunction(Kw keyword, const Dialect& dialect);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_LEXER_KEYWORD_H_
