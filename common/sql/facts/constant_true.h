// Whether a WHERE lets every row through. Pure.
#ifndef POSTERN_COMMON_SQL_FACTS_CONSTANT_TRUE_H_
#define POSTERN_COMMON_SQL_FACTS_CONSTANT_TRUE_H_

#include "common/sql/ast/expr.h"

namespace postern::sql {

// Conservative: whatever does not look at the row and is not plainly false counts as true. As deep as the tree, which the
// parser bounds.
bool IsConstantTrue(const Expr& condition);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_CONSTANT_TRUE_H_
