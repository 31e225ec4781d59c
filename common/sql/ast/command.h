// Every other statement: a verb, the objects it names and what happens to them, and whatever expressions, queries and
// statements stand inside it. The families (DDL, account, admin, SHOW, transactions ...) differ in how they are parsed,
// not in what anyone asks of them afterwards.
#ifndef POSTERN_COMMON_SQL_AST_COMMAND_H_
#define POSTERN_COMMON_SQL_AST_COMMAND_H_

#include "common/sql/ast/query.h"
#include "common/sql/ast/session.h"
#include "common/sql/facts/facts.h"

namespace postern::sql {

struct Statement;

struct ObjectRef {
  ObjectKind kind = ObjectKind::kTable;
  Access access = Access::kRead;
  ObjectName name;
  std::string_view fixed;  // a name that is not in the text ("processlist"); used if name is empty
  bool is_string = false;  // the name is a string literal (files, accounts)
  bool referenced = false;  // by a foreign key: its values decide which rows the other table may have
  ObjectRef* next = nullptr;
};

struct QueryRef {
  Query* query = nullptr;
  QueryRef* next = nullptr;
};

struct StatementRef {
  Statement* statement = nullptr;
  StatementRef* next = nullptr;
};

struct Command {
  Verb verb = Verb::kUnknown;
  std::string_view detail;  // constant text
  List<ObjectRef> objects;
  List<Expr> exprs;
  List<QueryRef> queries;
  List<SetItem> variables;        // SET TRANSACTION, SET STATEMENT
  List<StatementRef> statements;  // bodies; EXPLAIN's one
  bool body_runs = false;         // the nested statements run now (EXPLAIN ANALYZE, BEGIN NOT ATOMIC)
  bool body_is_definition = false;  // CREATE PROCEDURE: they run later, by others
  bool implicit_commit = false;
  bool dynamic_sql = false;
  bool temporary = false;
  bool multi_table = false;
  bool has_where = false;
  bool has_limit = false;
  Name default_schema;  // EXPLAIN FOR SCHEMA x: where its statement's names are looked up
  std::string_view prepared_text;  // PREPARE x FROM '...': the literal as written
  // KILL
  bool is_kill = false;
  bool kill_query = false;
  bool kill_by_query_id = false;
  bool kill_by_user = false;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_COMMAND_H_
