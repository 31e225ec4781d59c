// Walks a statement's tree and writes down what it does. One room a family: collect_query.cc, collect_dml.cc ... Pure but
// for the Facts it fills; one walk, one thread.
#ifndef POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_
#define POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "common/sql/ast/statement.h"
#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"
#include "common/sql/facts/relation.h"

namespace postern::sql {

// Bounds on columns, the sources of each, and the steps taken to find them; beyond these the facts say that they were cut.
inline constexpr size_t kMaxColumnFacts = 4096;
inline constexpr size_t kMaxColumnWork = 1u << 18;

class Collector {
 public:
  Collector(std::string_view text, const Dialect& dialect) : text_(text), dialect_(dialect) {}

  Facts Collect(const Statement& statement);

 private:
  void Visit(const Statement& statement);
  void VisitShape(const Query& query);
  void VisitShape(const Insert& insert);
  void VisitShape(const Update& update);
  void VisitShape(const Delete& del);
  void VisitShape(const Load& load);
  void VisitShape(const Set& set);
  void VisitShape(const Command& command);

  // collect_expr.cc
  void VisitExpr(const Expr* expr);
  void VisitExprs(const List<Expr>& exprs);
  void VisitSubquery(const Expr& expr);
  void VisitFunction(const Expr& call);
  void VisitSystemVariable(const Expr& variable);
  void VisitWindow(const Window* window);
  void VisitHint(std::string_view hint);
  bool IsConstantTrue(const Expr* expr, int depth = 0) const;
  bool ReadsRows(const Expr* expr, int depth = 0) const;
  void SetWhere(const Expr* where);

  // collect_query.cc
  Relation VisitQuery(const Query& query, const CommonTable* recursive = nullptr);
  void VisitOrder(const Query& query, bool one_select);
  Relation VisitTerm(const QueryTerm& term, bool scope_ready);
  Relation VisitRows(const List<Expr>& rows);
  Relation VisitSelect(const SelectBlock& select);
  Relation VisitItems(const List<SelectItem>& items);
  void VisitStar(const Expr& star, Relation& relation);
  void VisitSource(const Expr* expr, std::vector<ColumnRef>& sources);
  void EnterTables(const List<TableRef>& tables, bool reads);
  void EnterTable(const TableRef& table, bool reads);
  void VisitConditions(const List<TableRef>& tables);
  void VisitJoinColumn(const std::string& name);
  Relation VisitDerived(const TableRef& table);
  void VisitInto(const Into& into);
  void EnterWith(const List<CommonTable>& with);
  void LeaveWith(const List<CommonTable>& with);
  const Relation* FindCommonTable(const ObjectName& name) const;

  // collect_columns.cc
  std::string SchemaOf(const ObjectName& name) const;
  bool Answers(const Source& source, const std::string& schema, const std::string& table) const;
  void AddColumn(const ColumnRef& column, ColumnRole role);
  bool Spend(size_t steps);
  void TakeColumns(const std::vector<ColumnRef>& columns);
  void VisitColumn(const Expr& column);
  void VisitBareColumn(const std::string& name);
  void VisitAs(ColumnRole role, const Expr* expr);
  void VisitExprsAs(ColumnRole role, const List<Expr>& exprs);

  // collect_dml.cc
  void VisitAssignments(const List<Assignment>& list, const ObjectName* table);
  void EnterTarget(const ObjectName& table);
  void VisitUpdateTables(const Update& update);
  void VisitDeleteTables(const Delete& del);

  // collect_session.cc
  void VisitSetItems(const List<SetItem>& items);
  void VisitSetItem(const SetItem& item);
  void VisitSetNames(const SetItem& item);
  void VisitSetVariable(const SetItem& item, const std::string& name);
  void VisitSetSqlMode(const SetItem& item);
  void VisitSetCharset(const SetItem& item);
  std::optional<std::string> LiteralOf(const SetItem& item) const;
  std::optional<SqlMode> EvaluateSqlMode(const Expr* expr) const;
  std::optional<std::string> StringOf(const Expr* expr) const;

  // collect_command.cc
  void VisitObjects(const Command& command);
  void VisitNested(const Command& command);
  void VisitKill(const Command& command);
  void VisitPrepared(std::string_view raw);
  void ForgetAfterStatement();
  void VisitInner(const Command& command);
  void Absorb(const Facts& inner, bool runs);

  // harmless.cc
  void JudgeGroup();
  bool IsHarmlessStartup(const Statement& statement) const;
  bool CallsNothingHarmful() const;
  bool ReadsHarmlessVariables() const;
  bool SetsHarmlessVariables() const;

  void AddObject(ObjectKind kind, Access access, const ObjectName& name);
  void AddObject(ObjectKind kind, Access access, std::string schema, std::string name);
  void AddFunction(FunctionUse use);
  void AddVariable(VariableUse use);
  template <typename Use, typename KeyOf>
  void Add(Use use, std::vector<Use>& list, KeyOf key_of);

  std::string_view text_;
  Dialect dialect_;
  Facts facts_;
  std::unordered_set<std::string> seen_;
  std::unordered_map<std::string, std::vector<Relation>> common_tables_;  // in scope, the innermost of a name last
  std::vector<Scope> scopes_;                    // of the SELECTs around the expression, innermost last
  ColumnRole role_ = ColumnRole::kProjected;     // of the columns that are met now
  std::vector<ColumnRef>* sink_ = nullptr;       // where the value being read comes from, if anyone asks
  size_t work_ = 0;                              // spent on looking up columns
  bool names_are_outputs_ = false;               // ORDER BY of a set operation
  std::string default_schema_;   // of EXPLAIN FOR SCHEMA
  bool nested_explain_ = false;  // under an EXPLAIN that does not run it: writes are only looked at
  bool harmful_hint_ = false;
  uint32_t queries_ = 0;  // with every subquery
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_
