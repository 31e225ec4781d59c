// What the reader may ask about a target: which columns a table has and in which order, what a view is made of, what
// routines and triggers do. Whoever implements it does not change while a statement is read; any thread.
//
// The views in an answer are valid as long as the Schema lives. Names are compared as the server compares them: columns and
// routines in any letter case, schemas and tables as its lower_case_table_names says. What is not found does not exist or
// is not known; the reader treats both alike.
#ifndef POSTERN_COMMON_SQL_SCHEMA_H_
#define POSTERN_COMMON_SQL_SCHEMA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::sql {

struct ColumnShape {
  std::string_view name;            // at most 255 bytes
  bool invisible = false;           // `*` leaves it out: INVISIBLE, and the hidden columns of system versioning
  std::string_view generated_from;  // the expression of a generated column; empty for a stored value
};

// The columns of a table in their order, packed into bytes that somebody else owns: tens of thousands of tables are kept.
class ColumnList {
 public:
  ColumnList() = default;
  // REQUIRES: `packed` was made by Pack alone and holds `size` columns.
  ColumnList(std::string_view packed, size_t size) : packed_(packed), size_(size) {}

  // Appends a column's bytes: length of the name (1), flags (1), name; if generated, length of the expression (4, little
  // endian), expression.
  static void Pack(const ColumnShape& column, std::string& packed);

  class Iterator {
   public:
    explicit Iterator(const char* at) : at_(at) {}
    ColumnShape operator*() const;
    Iterator& operator++();
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const char* at_;
  };
  Iterator begin() const { return Iterator(packed_.data()); }
  Iterator end() const { return Iterator(packed_.data() + packed_.size()); }
  size_t size() const { return size_; }

 private:
  std::string_view packed_;
  size_t size_ = 0;
};

enum class RelationKind : uint8_t { kTable, kView, kSequence };

struct RelationShape {
  RelationKind kind = RelationKind::kTable;
  std::string_view schema;  // as the server spells them
  std::string_view name;
  ColumnList columns;
  // Of a view, its SELECT as the server prints it: names quoted and qualified. Empty if the relay may not see it.
  std::string_view definition;
  // Of each, its event (INSERT, UPDATE or DELETE), a blank and its body. Empty if the relay may not see it.
  std::vector<std::string_view> triggers;
};

enum class RoutineKind : uint8_t { kProcedure, kFunction };

struct RoutineShape {
  std::string_view schema;
  std::string_view name;
  std::string_view body;  // empty if the relay may not see it, or it is not SQL
};

class Schema {
 public:
  virtual ~Schema() = default;

  virtual std::optional<RelationShape> FindRelation(std::string_view schema, std::string_view name) const = 0;
  virtual std::optional<RoutineShape> FindRoutine(RoutineKind kind, std::string_view schema,
                                                  std::string_view name) const = 0;
};

// What a reader knows of the target. The views must outlive the reading.
struct Known {
  const Schema* schema = nullptr;   // null: nothing; names stand for themselves
  std::string_view default_schema;  // selected in the session; empty: none
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_SCHEMA_H_
