// SET in all its forms.
#ifndef POSTERN_COMMON_SQL_AST_SESSION_H_
#define POSTERN_COMMON_SQL_AST_SESSION_H_

#include "common/sql/ast/expr.h"
#include "common/sql/facts/facts.h"

namespace postern::sql {

enum class SetKind : uint8_t {
  kVariable,      // SET x = ..., SET @@x = ..., SET @x = ...
  kNames,         // SET NAMES
  kCharacterSet,  // SET CHARACTER SET, SET CHARSET
};

struct SetItem {
  SetKind kind = SetKind::kVariable;
  VariableScope scope = VariableScope::kSession;
  Name prefix;  // component or key cache
  Name name;
  Expr* value = nullptr;  // null: DEFAULT
  bool bare_word = false;  // value is one bare word: ON, utf8mb4
  Name collation;          // SET NAMES x COLLATE y
  SetItem* next = nullptr;
};

struct Set {
  List<SetItem> items;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_SESSION_H_
