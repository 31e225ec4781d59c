// Names as they stand in the text, quotes and all. They point into it.
#ifndef POSTERN_COMMON_SQL_AST_NAME_H_
#define POSTERN_COMMON_SQL_AST_NAME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::sql {

struct Name {
  std::string_view raw;  // empty: no name

  bool empty() const { return raw.empty(); }
};

// Takes quotes away and doubled quotes apart: `a``b` is a`b. A name without quotes is itself.
std::string Unquote(const Name& name);
// The value of a string as written, escapes resolved unless they are plain characters here.
std::string UnquoteString(std::string_view raw, bool no_backslash_escapes);

// schema.name, or catalog-less name; for columns table.name and schema.table.name.
struct ObjectName {
  Name schema;
  Name name;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_NAME_H_
