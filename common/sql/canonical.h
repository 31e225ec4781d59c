// The text that is forwarded in place of an agent's: see CanonicalText in read.h. Pure, any thread.
#ifndef POSTERN_COMMON_SQL_CANONICAL_H_
#define POSTERN_COMMON_SQL_CANONICAL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/sql/dialect.h"

namespace postern::sql {

// The statement at [begin, end) of the text, comments replaced by a blank. Empty if what comes out would not lex to the
// same tokens: then the text must not be forwarded in any form.
// REQUIRES: [begin, end) was parsed as one statement of the text.
std::optional<std::string> WithoutComments(std::string_view text, size_t begin, size_t end, const Dialect& dialect);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_CANONICAL_H_
