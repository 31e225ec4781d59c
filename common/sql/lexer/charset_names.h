// Names of character sets: a bare word made of '_' and one of these introduces a string. Constant table, any thread.
#ifndef POSTERN_COMMON_SQL_LEXER_CHARSET_NAMES_H_
#define POSTERN_COMMON_SQL_LEXER_CHARSET_NAMES_H_

#include <string_view>

namespace postern::sql {

bool IsCharsetName(std::string_view name);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_LEXER_CHARSET_NAMES_H_
