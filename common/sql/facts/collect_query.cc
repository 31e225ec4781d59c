// What queries read, and where their rows go. Names of common tables shadow tables while they are in scope.
#include "common/sql/facts/collector.h"

namespace postern::sql {

void Collector::VisitShape(const Query& query) {
  const QueryTerm* first = query.terms.first;
  if (first != nullptr && query.terms.size == 1 && first->kind == TermKind::kTable) {
    facts_.verb = Verb::kTable;
  } else if (first != nullptr && query.terms.size == 1 && first->kind == TermKind::kValues) {
    facts_.verb = Verb::kValues;
  } else {
    facts_.verb = Verb::kSelect;
  }
  facts_.has_limit = query.has_limit;
  if (query.terms.size == 1 && first->kind == TermKind::kSelect) SetWhere(first->select->where);
  VisitQuery(query);
}

// A common table sees those before it, and itself. Names are compared letter by letter: where the server compares them
// without regard to case, a table is named too many, never too few.
void Collector::EnterWith(const List<CommonTable>& with) {
  for (const CommonTable& table : with) {
    const std::string name = Unquote(table.name);
    if (table.recursive) ++common_tables_[name];
    if (table.query != nullptr) VisitQuery(*table.query);
    if (!table.recursive) ++common_tables_[name];
  }
}

void Collector::LeaveWith(const List<CommonTable>& with) {
  for (const CommonTable& table : with) --common_tables_[Unquote(table.name)];
}

bool Collector::IsCommonTable(const ObjectName& name) const {
  if (!name.schema.empty() || common_tables_.empty()) return false;
  const auto found = common_tables_.find(Unquote(name.name));
  return found != common_tables_.end() && found->second > 0;
}

void Collector::VisitQuery(const Query& query) {
  EnterWith(query.with);
  for (const QueryTerm& term : query.terms) VisitTerm(term);
  VisitExprs(query.order_by);
  VisitExprs(query.limit);
  VisitInto(query.into);
  facts_.locking_read |= query.locks;
  LeaveWith(query.with);
}

void Collector::VisitTerm(const QueryTerm& term) {
  switch (term.kind) {
    case TermKind::kSelect: VisitSelect(*term.select); return;
    case TermKind::kValues: VisitExprs(term.rows); return;
    case TermKind::kTable: VisitTable(*term.table, Access::kRead); return;
    case TermKind::kNested: VisitQuery(*term.nested); return;
  }
}

void Collector::VisitItems(const List<SelectItem>& items) {
  for (const SelectItem& item : items) VisitExpr(item.expr);
}

void Collector::VisitSelect(const SelectBlock& select) {
  VisitHint(select.hint);
  VisitItems(select.items);
  VisitTables(select.from, Access::kRead);
  VisitExpr(select.where);
  VisitExprs(select.group_by);
  VisitExpr(select.having);
  VisitExpr(select.qualify);
  for (const Window& window : select.windows) VisitWindow(&window);
}

void Collector::VisitTables(const List<TableRef>& tables, Access access) {
  for (const TableRef& table : tables) VisitTable(table, access);
}

void Collector::VisitTable(const TableRef& table, Access access) {
  switch (table.kind) {
    case TableKind::kNamed:
      if (!IsCommonTable(table.name)) AddObject(ObjectKind::kTable, access, table.name);
      break;
    case TableKind::kDerived: VisitQuery(*table.query); break;
    case TableKind::kGroup: VisitTables(table.group, access); break;
    case TableKind::kFunction: break;
  }
  VisitExprs(table.exprs);
}

void Collector::VisitInto(const Into& into) {
  switch (into.kind) {
    case IntoKind::kNone: return;
    case IntoKind::kOutfile:
      facts_.into_outfile = true;
      AddObject(ObjectKind::kFile, Access::kCreate, "", UnquoteString(into.file, dialect_.mode.no_backslash_escapes));
      return;
    case IntoKind::kDumpfile:
      facts_.into_dumpfile = true;
      AddObject(ObjectKind::kFile, Access::kCreate, "", UnquoteString(into.file, dialect_.mode.no_backslash_escapes));
      return;
    case IntoKind::kVariables:
      facts_.into_variable = true;
      for (const Expr& target : into.targets) {
        if (target.kind == ExprKind::kUserVariable) {
          AddVariable({VariableScope::kUser, Unquote(target.name), true, std::nullopt});
        }
      }
      return;
  }
}

}  // namespace postern::sql
