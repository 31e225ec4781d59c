// What INSERT, REPLACE, UPDATE, DELETE and LOAD change.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

// One table of a multi-table statement under the name it is known by there.
struct Known {
  std::string alias;
  const TableRef* table;
};

void FindTables(const List<TableRef>& tables, std::vector<Known>& known) {
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

void Collector::VisitAssignments(const List<Assignment>& list) {
  for (const Assignment& assignment : list) VisitExpr(assignment.value);
}

void Collector::VisitShape(const Insert& insert) {
  facts_.verb = insert.replace ? Verb::kReplace : Verb::kInsert;
  VisitHint(insert.hint);
  AddObject(ObjectKind::kTable, Access::kInsert, insert.table);
  if (insert.replace) AddObject(ObjectKind::kTable, Access::kDelete, insert.table);
  if (insert.has_on_duplicate) AddObject(ObjectKind::kTable, Access::kUpdate, insert.table);
  VisitExprs(insert.values);
  VisitAssignments(insert.set);
  if (insert.query != nullptr) VisitQuery(*insert.query);
  VisitAssignments(insert.on_duplicate);
  if (!insert.returning.empty()) AddObject(ObjectKind::kTable, Access::kRead, insert.table);
  VisitItems(insert.returning);
}

// In a join only the tables whose columns are assigned change; a column without qualifier may be anyone's.
void Collector::VisitUpdateTables(const Update& update) {
  std::vector<Known> known;
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
    if (table.kind != TableKind::kNamed || IsCommonTable(table.name)) continue;
    const bool writes = all || changed[i] || known.size() == 1;
    if (writes) AddObject(ObjectKind::kTable, Access::kUpdate, table.name);
    if (!writes || known.size() > 1) AddObject(ObjectKind::kTable, Access::kRead, table.name);
  }
  for (const Known& k : known) {
    if (k.table->kind == TableKind::kDerived) VisitQuery(*k.table->query);
    VisitExprs(k.table->exprs);
  }
}

void Collector::VisitShape(const Update& update) {
  facts_.verb = Verb::kUpdate;
  facts_.has_limit = update.has_limit;
  SetWhere(update.where);
  VisitHint(update.hint);
  EnterWith(update.with);
  VisitUpdateTables(update);
  VisitExprs(update.extra);
  VisitAssignments(update.set);
  VisitExpr(update.where);
  VisitExprs(update.order_by);
  VisitExprs(update.limit);
  VisitItems(update.returning);
  LeaveWith(update.with);
}

// A target is an alias or a table of the join; one that is neither is taken for the table of that name.
void Collector::VisitDeleteTables(const Delete& del) {
  std::vector<Known> known;
  FindTables(del.tables, known);
  facts_.multi_table = !del.targets.empty();
  if (del.targets.empty()) {
    AddObject(ObjectKind::kTable, Access::kDelete, del.tables.first->name);
    return;
  }
  const bool all = known.size() * del.targets.size > kMaxComparisons;
  for (const TableRef& target : del.targets) {
    const std::string name = Unquote(target.name.name);
    bool found = false;
    for (const Known& k : known) {
      if (all || k.table->kind != TableKind::kNamed) continue;
      const bool matches = target.name.schema.empty()
                               ? EqualsIgnoreCase(k.alias, name)
                               : EqualsIgnoreCase(Unquote(k.table->name.name), name) ||
                                     EqualsIgnoreCase(k.alias, name);
      if (!matches) continue;
      found = true;
      AddObject(ObjectKind::kTable, Access::kDelete, k.table->name);
    }
    if (!found) AddObject(ObjectKind::kTable, Access::kDelete, target.name);
  }
  for (const Known& k : known) {
    if (all && k.table->kind == TableKind::kNamed) AddObject(ObjectKind::kTable, Access::kDelete, k.table->name);
  }
  VisitTables(del.tables, Access::kRead);
}

void Collector::VisitShape(const Delete& del) {
  facts_.verb = Verb::kDelete;
  facts_.has_limit = del.has_limit;
  SetWhere(del.where);
  VisitHint(del.hint);
  EnterWith(del.with);
  VisitDeleteTables(del);
  VisitExprs(del.extra);
  VisitExpr(del.where);
  VisitExprs(del.order_by);
  VisitExprs(del.limit);
  if (!del.returning.empty()) AddObject(ObjectKind::kTable, Access::kRead, del.tables.first->name);
  VisitItems(del.returning);
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
  VisitAssignments(load.set);
}

}  // namespace postern::sql
