// Statements that change rows.
#ifndef POSTERN_COMMON_SQL_AST_DML_H_
#define POSTERN_COMMON_SQL_AST_DML_H_

#include "common/sql/ast/query.h"

namespace postern::sql {

struct Assignment {
  Expr* column = nullptr;
  Expr* value = nullptr;
  Assignment* next = nullptr;
};

// INSERT and REPLACE. Values that are plain literals are not kept, so that a statement of a million rows stays small.
struct Insert {
  bool replace = false;
  bool ignore = false;
  ObjectName table;
  List<Expr> columns;
  bool has_rows = false;
  List<Expr> values;            // those that are not plain literals
  List<Assignment> set;
  Query* query = nullptr;
  List<Assignment> on_duplicate;
  bool has_on_duplicate = false;
  List<SelectItem> returning;
  std::string_view hint;
};

struct Update {
  bool ignore = false;
  List<CommonTable> with;
  List<TableRef> tables;
  List<Assignment> set;
  Expr* where = nullptr;
  List<Expr> order_by;
  List<Expr> limit;
  bool has_limit = false;
  List<Expr> extra;  // FOR PORTION OF bounds
  std::string_view hint;
};

struct Delete {
  bool ignore = false;
  List<CommonTable> with;
  List<TableRef> targets;  // as named before FROM or USING; empty: the one table of `tables`
  List<TableRef> tables;
  Expr* where = nullptr;
  List<Expr> order_by;
  List<Expr> limit;
  bool has_limit = false;
  List<SelectItem> returning;
  List<Expr> extra;
  std::string_view hint;
};

// LOAD DATA and LOAD XML.
struct Load {
  bool local = false;
  bool replace = false;
  bool ignore = false;
  std::string_view file;
  ObjectName table;
  List<Expr> targets;  // columns and variables
  List<Assignment> set;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_DML_H_
