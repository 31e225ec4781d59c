// Characters beyond ASCII in names. Servers keep names in utf8mb3 and silently cut or change what does not fit: MySQL ends a
// name at a byte that is no character, and makes `?` of one past U+FFFF. A name they may read as another is refused.
#ifndef POSTERN_COMMON_SQL_LEXER_NAME_CHAR_H_
#define POSTERN_COMMON_SQL_LEXER_NAME_CHAR_H_

#include <cstddef>
#include <string_view>

#include "common/sql/dialect.h"

namespace postern::sql {

// Length of the character at `at`, which is not ASCII; 0 if it may not stand in a name. Names beyond ASCII need a session
// in utf8mb4 or utf8mb3: from latin1 they would be converted.
size_t WideNameCharLength(std::string_view text, size_t at, Charset charset);

// Whether a server reads these bytes, which come without quotes (COM_INIT_DB), as the name they spell.
bool IsSafeName(std::string_view name, Charset charset);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_LEXER_NAME_CHAR_H_
