// Walks a statement's tree and writes down what it does. One room a family: collect_query.cc, collect_dml.cc ... Pure but
// for the Facts it fills; one walk, one thread.
#ifndef POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_
#define POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_

#include <absl/container/inlined_vector.h>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/sql/ast/statement.h"
#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"
#include "common/sql/facts/lineage.h"
#include "common/sql/facts/scope.h"
#include "common/sql/schema.h"

namespace postern::sql {

class Parser;

// Bounds on columns, the sources of each, and the steps taken to find them; beyond these the facts say that they were cut.
inline constexpr size_t kMaxColumnFacts = 4096;
inline constexpr size_t kMaxColumnWork = 1u << 18;

class Collector {
 public:
  Collector(std::string_view text, const Dialect& dialect, const Known& known = {})
      : text_(text), dialect_(dialect), known_(known), lineage_(own_lineage_.emplace()) {}

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
  void EnterExpr(const Expr& expr);
  void VisitAny(const Expr& expr);
  void VisitExprs(const List<Expr>& exprs);
  void VisitSubquery(const Expr& expr);
  void VisitFunction(const Expr& call);
  void VisitSystemVariable(const Expr& variable);
  void VisitHint(std::string_view hint);
  void VisitDefault(const Expr& column);
  void SetWhere(const Expr* where);

  // collect_query.cc
  struct Around {
    ColumnRole role;
    const Relation* outputs;
    bool comparing;
    bool items_in_sight;
  };
  Around StepInto(bool kept);
  void StepOut(const Around& around);
  Relation VisitQuery(const Query& query, CommonTableInSight* recursive = nullptr);
  Relation VisitTerms(const Query& query, CommonTableInSight* recursive);
  void CompareRows(const Query& query, const Relation& relation);
  void VisitOrder(const Query& query, const Relation& relation, bool one_select);
  Relation VisitTerm(const QueryTerm& term, Scope* ready);
  Relation VisitRows(const List<Expr>& rows);
  Relation VisitWholeTable(const TableRef& table);
  void VisitSelect(const SelectBlock& select);
  void VisitItems(const List<SelectItem>& items, Relation& relation);
  std::string_view OutputName(const SelectItem& item);
  void VisitKeys(ColumnRole role, const List<Expr>& keys, const Relation& items);
  void VisitPosition(ColumnRole role, std::string_view digits, const Relation& items);
  void VisitWindow(const Window* window);
  void VisitInto(const Into& into);
  void EnterWith(const List<CommonTable>& with);
  void LeaveWith(const List<CommonTable>& with);
  Relation VisitRecursive(const CommonTable& table);
  Relation CutToAnchor(const Relation& relation, const Relation& anchor);
  void UseAll(const Relation& relation, ColumnRole role);
  const Relation* FindCommonTable(const ObjectName& name);

  // collect_tables.cc
  void EnterTables(const List<TableRef>& tables, bool reads);
  void EnterTable(const TableRef& table, bool reads);
  void UseAllOf(const Source& source, ColumnRole role);
  void EnterNamed(const TableRef& table, Source& source, bool reads);
  void EnterBase(const ObjectName& name, Source& source);
  void VisitConditions(const List<TableRef>& tables);
  void VisitJoinColumn(std::string_view name);
  Relation VisitDerived(const TableRef& table);
  void VisitStar(const Expr& star, Relation& relation);
  void AddAllOf(const Source& source, Relation& relation);
  void AddJoined(const List<TableRef>& tables, Relation& relation);
  Relation JoinUsing(const TableRef& table, const Relation& left, const Relation& right);

  // collect_schema.cc
  std::string_view LookupSchema(const ObjectName& name);
  void Unresolved(std::string_view what, std::string_view schema, std::string_view name);
  void EnterKnown(const RelationShape& shape, Source& source);
  const Statement* ReadBehind(Parser& parser);
  void TakeOver(const Collector& inner);
  Relation ReadView(const RelationShape& shape);
  ColumnId AsBehind(ColumnId id);
  void AddBehind(const List<Flow>& flows, Derivation at_least, List<Flow>& to);
  void AddGenerated(const Source& source, const ColumnShape& column, List<Flow>& flows);
  bool VisitStoredFunction(const Expr& call);
  void VisitProcedure(const ObjectName& name);
  void VisitTriggers(const ObjectName& table, Access event);
  void VisitTriggers(std::string_view schema, std::string_view name, Access event);
  void VisitTriggersBehind(const RelationShape& view, Access event);
  // Whose body it is, for what cannot be read.
  struct Behind {
    std::string_view kind;
    std::string_view schema;
    std::string_view name;
    const Source* row = nullptr;  // whose values are there already when a trigger runs: OLD and, but for INSERT, NEW
  };
  struct Body {
    List<Flow> reads;
    bool keeps = false;  // it may put what it is given, or reads, where it can be read afterwards
  };
  Body ReadBody(const Behind& what, std::string_view head, std::string_view body);
  List<Flow> EverythingUsed();

  // collect_columns.cc
  std::string_view SchemaOf(const ObjectName& name);
  bool Answers(const Source& source, std::string_view schema, std::string_view table) const;
  void AddColumn(const Column& column, ColumnRole role) { UseColumn(lineage_.Add(column), role); }
  void UseColumn(ColumnId id, ColumnRole role, Derivation how = Derivation::kCopied);
  bool Spend(size_t steps);
  void TakeFlows(const List<Flow>& flows);
  void VisitColumn(const Expr& column);
  void VisitBareColumn(std::string_view name);
  bool LookIn(const Scope& scope, std::string_view name, List<Flow>& found, size_t& guesses);
  bool LookIn(const Source& source, std::string_view name, List<Flow>& found);
  void NotFound(std::string_view schema, std::string_view table, std::string_view name);
  List<Flow> Inexact(const List<Flow>& flows);
  void VisitAs(ColumnRole role, const Expr* expr);
  void VisitExprsAs(ColumnRole role, const List<Expr>& exprs);
  void VisitFlows(const Expr* expr, List<Flow>& flows, Derivation how = Derivation::kCopied);

  // collect_dml.cc
  void VisitAssignments(const List<Assignment>& list, const Source* target, bool of_rows_that_exist);
  void Assign(const Source& target, std::string_view name);
  const Source& EnterTarget(const ObjectName& table, Scope& scope);
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
  void Absorb(const ColumnUse& use);
  void VisitWholeTables(const Command& command);
  void VisitUnderlying(const ObjectRef& object);

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

  void TakeColumnFacts();
  void TakeOutputs(const Relation& relation);

  struct ColumnUsed {
    ColumnId column;
    ColumnRole role;
    bool only_compared;
    bool transformed;
  };

  // Reads what stands behind a name of the schema, with the columns of the walk that met it.
  Collector(std::string_view text, const Collector& from, std::string_view default_schema);

  std::string_view text_;
  Dialect dialect_;
  Known known_;
  std::optional<Lineage> own_lineage_;
  Lineage& lineage_;
  Facts facts_;
  std::unordered_set<std::string> seen_;
  absl::InlinedVector<ColumnUsed, 8> used_;
  absl::InlinedVector<uint8_t, 16> roles_;       // of each column of the lineage, a bit for each role it was used in
  CommonTableInSight* with_ = nullptr;
  std::vector<const CommonTable*> later_;  // of the recursive WITHs being read, what comes after the table being read
  Scope* scope_ = nullptr;                // of the SELECT around the expression
  const Relation* outputs_ = nullptr;     // that ORDER BY of a set operation names
  ColumnRole role_ = ColumnRole::kProjected;     // of the columns that are met now
  List<Flow>* sink_ = nullptr;                   // where the value being read goes, if anyone asks
  Derivation how_ = Derivation::kCopied;         // what has been made of that value on the way
  bool comparing_ = false;                       // the expression is one side of an equality
  bool items_in_sight_ = false;                  // GROUP BY, HAVING and ORDER BY see the select list
  bool key_is_name_ = false;                     // the key of ORDER BY being read is a bare name
  size_t work_ = 0;                              // spent on looking up columns
  size_t repeats_ = 0;                           // of recursive common tables
  size_t depth_ = 0;                             // of views and routines that are being read through
  size_t texts_ = 0;                             // of them that have been read, all together
  bool in_body_ = false;                         // of a routine or a trigger: a name may be a variable
  const Source* row_ = nullptr;                  // of the trigger whose body is read
  bool keeps_ = false;                           // sets a variable, changes a table, or calls what does
  bool reshapes_ = false;                        // of a body: it changes the schema by which it is read
  bool explaining_ = false;                      // what views look at shows in a plan
  std::string_view default_schema_;              // of EXPLAIN FOR SCHEMA
  bool nested_explain_ = false;  // under an EXPLAIN that does not run it: writes are only looked at
  bool harmful_hint_ = false;
  uint32_t queries_ = 0;  // with every subquery
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_COLLECTOR_H_
