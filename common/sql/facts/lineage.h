// Where values come from: every column that a statement names, each once, and what a query offers to the query around it.
// Tables of one walk; one thread. Names are views into the statement, the schema or the arena here.
#ifndef POSTERN_COMMON_SQL_FACTS_LINEAGE_H_
#define POSTERN_COMMON_SQL_FACTS_LINEAGE_H_

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/sql/ast/arena.h"
#include "common/sql/ast/expr.h"
#include "common/sql/facts/facts.h"

namespace postern::sql {

// A column with this many sources has lost count of them.
inline constexpr size_t kMaxSources = 1024;

// As ColumnRef, of views.
struct Column {
  std::string_view schema;
  std::string_view table;
  std::string_view name;
  bool exact = true;
  bool behind_view = false;
};

// The same with strings of its own.
ColumnRef RefOf(const Column& column);

using ColumnId = uint32_t;

// That a column's value flows into another value, and what is left of it there.
struct Flow {
  ColumnId column = 0;
  Derivation how = Derivation::kCopied;
  Flow* next = nullptr;
};

// A column of a derived table, a common table, a view or a subquery.
struct RelationColumn {
  std::string_view name;
  List<Flow> flows;
  bool computed = false;
  // Stands for more columns than the text can name: its flows from "*" offer any column of their table, its other flows
  // may be behind any name.
  bool any = false;
  RelationColumn* next = nullptr;
};
// Copies share their columns, which nobody changes once somebody else may see them.
using Relation = List<RelationColumn>;

class Lineage {
 public:
  Lineage() = default;
  ColumnId Add(const Column& column);
  const Column& operator[](ColumnId id) const { return columns_[id]; }
  size_t size() const { return columns_.size(); }
  // Stands for a value that is no column's: a literal, a parameter, a variable.
  ColumnId Constant();
  bool IsConstant(ColumnId id) const { return columns_[id].name.empty(); }

  // The name as the server compares it: without quotes.
  std::string_view Keep(const Name& name);
  std::string_view Keep(std::string text);
  Arena& arena() { return arena_; }

  // Adds the flow, or what is more of it, unless there are too many.
  void AddFlow(Flow flow, List<Flow>& flows);
  void AddFlows(const List<Flow>& more, Derivation at_least, List<Flow>& flows);
  RelationColumn* AddColumn(Relation& relation, std::string_view name);
  // The column again, its flows shared.
  void AddShared(Relation& relation, const RelationColumn& column);

  // Where the column of that name comes from. False if the relation cannot have one.
  bool Find(const Relation& relation, std::string_view name, List<Flow>& flows);
  // The second operand of a set operation gives its values to the columns of the first, by position.
  Relation Merge(const Relation& first, const Relation& second);
  // Every column has the flows of all: a recursive query may turn its columns round and round.
  Relation Mix(const Relation& relation);
  // Other names, by position.
  Relation Rename(const Relation& relation, const List<NameRef>& names);

 private:
  static constexpr size_t kFirstColumns = 8;
  static constexpr size_t kShortTable = 32;  // longer ones are searched by a key

  Relation Blurred(const Relation& relation);
  ColumnId Append(const Column& column);

  Arena arena_;
  absl::InlinedVector<Column, kFirstColumns> columns_;
  std::optional<ColumnId> constant_;
  std::unordered_map<std::string, ColumnId> by_key_;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_LINEAGE_H_
