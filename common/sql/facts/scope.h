// What is in sight where a column is named: the tables of the SELECT around it, of the one around that, and so on. Lives in
// the walk's arena; one thread.
#ifndef POSTERN_COMMON_SQL_FACTS_SCOPE_H_
#define POSTERN_COMMON_SQL_FACTS_SCOPE_H_

#include <cstdint>
#include <string_view>

#include "common/sql/ast/query.h"
#include "common/sql/facts/lineage.h"
#include "common/sql/schema.h"

namespace postern::sql {

enum class SourceKind : uint8_t {
  kGuessed,   // a base table or view of which only the name is known: it may have any column
  kTable,     // its columns are known
  kRelation,  // derived, a common table, or a view that was read through
};

// One table in FROM under the name it has there.
struct Source {
  SourceKind kind = SourceKind::kGuessed;
  std::string_view alias;
  std::string_view schema;  // of a base table or view
  std::string_view table;
  ColumnList columns;
  Relation relation;
  const TableRef* ref = nullptr;  // in FROM; null for the target of an INSERT
  Source* next = nullptr;
};

struct Scope {
  List<Source> sources;
  const List<TableRef>* from = nullptr;
  Relation items;       // of the select list, as far as it has been read
  bool hidden = false;  // while a derived table of it is read that does not see it
  Scope* outer = nullptr;
};

// A common table in sight; the innermost of a name comes first.
struct CommonTableInSight {
  std::string_view name;
  const List<NameRef>* names = nullptr;  // of its columns, while it is read
  Relation relation;
  CommonTableInSight* outer = nullptr;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_SCOPE_H_
