// The one list of statement shapes. Visitors over the variant have no default: a new shape does not compile until every
// room knows it.
#ifndef POSTERN_COMMON_SQL_AST_STATEMENT_H_
#define POSTERN_COMMON_SQL_AST_STATEMENT_H_

#include <variant>

#include "common/sql/ast/command.h"
#include "common/sql/ast/dml.h"
#include "common/sql/ast/query.h"
#include "common/sql/ast/session.h"

namespace postern::sql {

using AnyStatement = std::variant<Query*, Insert*, Update*, Delete*, Load*, Set*, Command*>;

struct Statement {
  AnyStatement any;
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t parameters = 0;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_STATEMENT_H_
