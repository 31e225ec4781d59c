// The functions a server has built in, and what calling each can do. Constant table, any thread.
#ifndef POSTERN_COMMON_SQL_FACTS_FUNCTIONS_H_
#define POSTERN_COMMON_SQL_FACTS_FUNCTIONS_H_

#include <string_view>

#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"

namespace postern::sql {

struct BuiltIn {
  std::string_view name;
  bool mysql;
  bool mariadb;
  FunctionClass cls;
  bool aggregate;
  int since;  // version of MySQL; 0: every version we read
};

// Null for a name that the dialect's server does not have built in.
const BuiltIn* FindBuiltIn(std::string_view name, const Dialect& dialect);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_FUNCTIONS_H_
