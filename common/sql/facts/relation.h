// What a query offers to the query around it: named columns and where their values come from. And which such offers are
// in sight where a column is named. Plain values; one walk, one thread.
#ifndef POSTERN_COMMON_SQL_FACTS_RELATION_H_
#define POSTERN_COMMON_SQL_FACTS_RELATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/sql/facts/facts.h"

namespace postern::sql {

// The columns of a derived table, a common table or a subquery. A column "*" stands for more than the text can name: its
// sources named "*" offer any column of their table, its other sources may be behind any name.
using Relation = std::vector<OutputColumn>;

// A column with this many sources has lost count of them.
inline constexpr size_t kMaxSources = 1024;

// Adds a source unless it is there, or there are too many.
void AddSource(const ColumnRef& source, std::vector<ColumnRef>& sources);
// Where the column of that name comes from. False if the relation cannot have one.
bool Find(const Relation& relation, std::string_view name, std::vector<ColumnRef>& sources);
// The second operand of a set operation gives its values to the columns of the first, by position.
void Merge(Relation& into, const Relation& other);
// Lets every column have the sources of all: a recursive query may turn its columns round and round.
void Mix(Relation& relation);
// Gives the columns new names, by position.
void Rename(Relation& relation, const std::vector<std::string>& names);

// One table in FROM under the name it has there.
struct Source {
  std::string alias;
  std::string schema;  // of a base table
  std::string table;   // empty: derived
  Relation relation;   // of a derived one

  bool is_base() const { return !table.empty(); }
};

struct Scope {
  std::vector<Source> sources;
  std::vector<std::string> aliases;  // of the select list: what ORDER BY may mean first
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_RELATION_H_
