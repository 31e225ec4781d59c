// A statement's tree as text, for goldens and for comparing two statements: one line a node, children indented, nothing
// that depends on where things stand in the text, on letter case of keywords or on quotes that need not be. It says all
// that the tree holds: two statements have the same tree if their summaries are equal. Pure, any thread.
#ifndef POSTERN_COMMON_SQL_AST_SUMMARY_H_
#define POSTERN_COMMON_SQL_AST_SUMMARY_H_

#include <string>

#include "common/sql/ast/statement.h"
#include "common/sql/dialect.h"

namespace postern::sql {

// REQUIRES: the statement was parsed under this dialect, from a text without comments.
std::string Summarize(const Statement& statement, const Dialect& dialect);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_SUMMARY_H_
