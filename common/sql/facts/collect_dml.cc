// What INSERT, REPLACE, UPDATE, DELETE and LOAD change.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

// One table of a multi-table statement under the name it is known by there.
struct NamedTable {
  std::string alias;
  const TableRef* table;
};

void FindTables(const List<TableRef>& tables, std::vector<NamedTable>& known) {
  for (const TableRef& table : tables) {
    if (table.kind == TableKind::kGroup) {
      FindTables(table.group, known);
      continue;
    }
    const Name& name = table.alias.empty() ? table.name.name : table.alias;
    known.push_back({Unquote(name), &table});
  }
}

constexpr size_t kMaxComparisons = 1u << 20;  // beyond it every table counts as changed

}  // namespace

// The columns are those of the one target if there is one, else of whatever is in scope. DEFAULT, which has no value here, is
// made of what else stands in the row.
void Collector::VisitAssignments(const List<Assignment>& list, const Source* target, bool of_rows_that_exist) {
  for (const Assignment& assignment : list) {
    if (target != nullptr) {
      Assign(*target, lineage_.Keep(assignment.column->name));
    } else {
      VisitAs(ColumnRole::kAssigned, assignment.column);
    }
    VisitAs(ColumnRole::kStored, assignment.value);
    if (assignment.value != nullptr || !of_rows_that_exist) continue;
    role_ = ColumnRole::kStored;
    VisitDefault(*assignment.column);
    role_ = ColumnRole::kProjected;
  }
}

// A column of the target is written; "*": all of them.
void Collector::Assign(const Source& target, std::string_view name) {
  if (name == "*") {
    AddColumn({target.schema, target.table, name}, ColumnRole::kAssigned);
    return UseAll(target.relation, ColumnRole::kAssigned);  // what is behind a view's
  }
  List<Flow> columns;
  if (!LookIn(target, name, columns)) NotFound(target.schema, target.table, name);
  for (const Flow& flow : columns) UseColumn(flow.column, ColumnRole::kAssigned);
}

// A scope of one table, whose columns the expressions that follow may name.
const Source& Collector::EnterTarget(const ObjectName& table, Scope& scope) {
  auto* source = lineage_.arena().New<Source>();
  EnterBase(table, *source);
  source->alias = lineage_.Keep(table.name);
  scope.sources.Add(source);
  scope.outer = scope_;
  scope_ = &scope;
  return *source;
}

void Collector::VisitShape(const Insert& insert) {
  facts_.verb = insert.replace ? Verb::kReplace : Verb::kInsert;
  VisitHint(insert.hint);
  AddObject(ObjectKind::kTable, Access::kInsert, insert.table);
  if (insert.replace) AddObject(ObjectKind::kTable, Access::kDelete, insert.table);
  if (insert.has_on_duplicate) AddObject(ObjectKind::kTable, Access::kUpdate, insert.table);
  if (insert.query != nullptr) {
    role_ = ColumnRole::kStored;
    VisitQuery(*insert.query);
    role_ = ColumnRole::kProjected;
  }
  Scope scope;
  const Source& target = EnterTarget(insert.table, scope);
  VisitTriggers(insert.table, Access::kInsert);
  if (insert.replace) VisitTriggers(insert.table, Access::kDelete);
  if (insert.has_on_duplicate) VisitTriggers(insert.table, Access::kUpdate);
  for (const Expr& column : insert.columns) Assign(target, lineage_.Keep(column.name));
  if (insert.columns.empty() && insert.set.empty()) Assign(target, "*");
  VisitExprsAs(ColumnRole::kStored, insert.values);
  VisitAssignments(insert.set, &target, false);
  VisitAssignments(insert.on_duplicate, &target, true);
  if (!insert.returning.empty()) {
    AddObject(ObjectKind::kTable, Access::kRead, insert.table);
    VisitItems(insert.returning, scope.items);
    TakeOutputs(scope.items);
  }
  scope_ = scope.outer;
}

// In a join only the tables whose columns are assigned change; a column without qualifier may be anyone's.
void Collector::VisitUpdateTables(const Update& update) {
  std::vector<NamedTable> known;
  FindTables(update.tables, known);
  facts_.multi_table = known.size() > 1;
  bool all = known.size() * update.set.size > kMaxComparisons;
  std::vector<bool> changed(known.size(), false);
  for (const Assignment& assignment : update.set) {
    if (all) break;
    const std::string table = Unquote(assignment.column->table);
    bool found = false;
    for (size_t i = 0; i < known.size() && !table.empty(); ++i) {
      if (!EqualsIgnoreCase(known[i].alias, table)) continue;
      changed[i] = found = true;
    }
    all = !found;
  }
  for (size_t i = 0; i < known.size(); ++i) {
    const TableRef& table = *known[i].table;
    if (table.kind != TableKind::kNamed || FindCommonTable(table.name) != nullptr) continue;
    const bool writes = all || changed[i] || known.size() == 1;
    if (writes) AddObject(ObjectKind::kTable, Access::kUpdate, table.name);
    if (writes) VisitTriggers(table.name, Access::kUpdate);
    if (!writes || known.size() > 1) AddObject(ObjectKind::kTable, Access::kRead, table.name);
  }
  EnterTables(update.tables, false);
}

void Collector::VisitShape(const Update& update) {
  facts_.verb = Verb::kUpdate;
  facts_.has_limit = update.has_limit;
  SetWhere(update.where);
  VisitHint(update.hint);
  EnterWith(update.with);
  Scope scope;
  scope_ = &scope;
  VisitUpdateTables(update);
  VisitExprs(update.extra);
  VisitAssignments(update.set, nullptr, true);
  VisitAs(ColumnRole::kPredicate, update.where);
  VisitExprsAs(ColumnRole::kOrdering, update.order_by);
  VisitExprs(update.limit);
  scope_ = nullptr;
  LeaveWith(update.with);
}

// A target is an alias or a table of the join; one that is neither is taken for the table of that name.
void Collector::VisitDeleteTables(const Delete& del) {
  std::vector<NamedTable> known;
  FindTables(del.tables, known);
  facts_.multi_table = !del.targets.empty();
  if (del.targets.empty()) {
    AddObject(ObjectKind::kTable, Access::kDelete, del.tables.first->name);
    VisitTriggers(del.tables.first->name, Access::kDelete);
    EnterTables(del.tables, false);
    return;
  }
  const bool all = known.size() * del.targets.size > kMaxComparisons;
  for (const TableRef& target : del.targets) {
    const std::string name = Unquote(target.name.name);
    bool found = false;
    for (const NamedTable& k : known) {
      if (all || k.table->kind != TableKind::kNamed) continue;
      const bool matches = target.name.schema.empty()
                               ? EqualsIgnoreCase(k.alias, name)
                               : EqualsIgnoreCase(Unquote(k.table->name.name), name) ||
                                     EqualsIgnoreCase(k.alias, name);
      if (!matches) continue;
      found = true;
      AddObject(ObjectKind::kTable, Access::kDelete, k.table->name);
      VisitTriggers(k.table->name, Access::kDelete);
    }
    if (!found) AddObject(ObjectKind::kTable, Access::kDelete, target.name);
  }
  for (const NamedTable& k : known) {
    if (!all || k.table->kind != TableKind::kNamed) continue;
    AddObject(ObjectKind::kTable, Access::kDelete, k.table->name);
    VisitTriggers(k.table->name, Access::kDelete);
  }
  EnterTables(del.tables, true);
}

void Collector::VisitShape(const Delete& del) {
  facts_.verb = Verb::kDelete;
  facts_.has_limit = del.has_limit;
  SetWhere(del.where);
  VisitHint(del.hint);
  EnterWith(del.with);
  Scope scope;
  scope_ = &scope;
  VisitDeleteTables(del);
  VisitExprs(del.extra);
  VisitAs(ColumnRole::kPredicate, del.where);
  VisitExprsAs(ColumnRole::kOrdering, del.order_by);
  VisitExprs(del.limit);
  if (!del.returning.empty()) {
    AddObject(ObjectKind::kTable, Access::kRead, del.tables.first->name);
    VisitItems(del.returning, scope.items);
    TakeOutputs(scope.items);
  }
  scope_ = nullptr;
  LeaveWith(del.with);
}

void Collector::VisitShape(const Load& load) {
  facts_.verb = Verb::kLoad;
  facts_.local_file = load.local;
  AddObject(ObjectKind::kFile, Access::kRead, "", UnquoteString(load.file, dialect_.mode.no_backslash_escapes));
  AddObject(ObjectKind::kTable, Access::kInsert, load.table);
  if (load.replace) AddObject(ObjectKind::kTable, Access::kDelete, load.table);
  for (const Expr& target : load.targets) {
    if (target.kind == ExprKind::kUserVariable) {
      AddVariable({VariableScope::kUser, Unquote(target.name), true, std::nullopt});
    }
  }
  Scope scope;
  const Source& table = EnterTarget(load.table, scope);
  VisitTriggers(load.table, Access::kInsert);
  if (load.replace) VisitTriggers(load.table, Access::kDelete);
  if (load.targets.empty()) Assign(table, "*");
  for (const Expr& target : load.targets) {
    if (target.kind == ExprKind::kColumn) VisitAs(ColumnRole::kAssigned, &target);
  }
  VisitAssignments(load.set, &table, false);
  scope_ = scope.outer;
}

}  // namespace postern::sql
