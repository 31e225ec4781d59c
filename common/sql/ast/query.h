// What produces rows: SELECT, VALUES, TABLE, their combinations, and the tables they come from.
#ifndef POSTERN_COMMON_SQL_AST_QUERY_H_
#define POSTERN_COMMON_SQL_AST_QUERY_H_

#include <cstdint>

#include "common/sql/ast/expr.h"

namespace postern::sql {

struct TableRef;

struct SelectItem {
  Expr* expr = nullptr;
  Name alias;
  SelectItem* next = nullptr;
};

enum class IntoKind : uint8_t { kNone, kOutfile, kDumpfile, kVariables };

struct Into {
  IntoKind kind = IntoKind::kNone;
  std::string_view file;  // as written
  List<Expr> targets;     // user variables (or local ones in a routine)
};

struct SelectBlock {
  List<SelectItem> items;
  List<TableRef> from;
  Expr* where = nullptr;
  List<Expr> group_by;
  Expr* having = nullptr;
  Expr* qualify = nullptr;
  List<Window> windows;
  Into into;  // before FROM; the query's own once it is read
  std::string_view hint;
  bool distinct = false;
};

enum class TermKind : uint8_t { kSelect, kValues, kTable, kNested };

// One operand of UNION, EXCEPT, INTERSECT.
struct QueryTerm {
  TermKind kind = TermKind::kSelect;
  Kw set_operator = Kw::kNone;  // that joins it to the term before
  bool all = false;             // UNION ALL
  SelectBlock* select = nullptr;
  List<Expr> rows;              // VALUES: what is not a plain literal
  TableRef* table = nullptr;    // TABLE t
  Query* nested = nullptr;      // ( ... )
  QueryTerm* next = nullptr;
};

struct CommonTable {
  Name name;
  List<NameRef> columns;
  Query* query = nullptr;
  bool recursive = false;
  bool cycle = false;  // CYCLE: its rows are compared
  CommonTable* next = nullptr;
};

struct Query {
  List<CommonTable> with;
  List<QueryTerm> terms;
  List<Expr> order_by;
  List<Expr> limit;
  Into into;
  bool has_limit = false;
  bool locks = false;  // FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE
  uint32_t begin = 0;
  uint32_t end = 0;
};

enum class JoinKind : uint8_t { kComma, kInner, kLeft, kRight, kStraight };

enum class TableKind : uint8_t { kNamed, kDerived, kGroup, kFunction /* JSON_TABLE */ };

// One operand of a join. A chain of joins is a flat list.
struct TableRef {
  TableKind kind = TableKind::kNamed;
  ObjectName name;
  Name alias;
  List<NameRef> columns;  // of a derived table: alias (a, b)
  bool lateral = false;   // sees the tables before it
  Query* query = nullptr;
  List<TableRef> group;
  List<Expr> exprs;  // ON, FOR SYSTEM_TIME, JSON_TABLE's arguments
  List<NameRef> using_columns;
  JoinKind join = JoinKind::kComma;  // to the table before it
  bool natural = false;
  bool partitions = false;  // PARTITION (names): rows by the values of columns that are not named
  bool index_hints = false;  // USE, FORCE or IGNORE INDEX: rows in the order of columns that are not named
  TableRef* next = nullptr;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_QUERY_H_
