// What queries read, and where their rows go. Names of common tables shadow tables while they are in scope.
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

std::vector<std::string> NamesOf(const List<NameRef>& refs) {
  std::vector<std::string> names;
  for (const NameRef& ref : refs) names.push_back(Unquote(ref.name));
  return names;
}

}  // namespace

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
  facts_.outputs = VisitQuery(query);
}

// A common table sees those before it, and itself. Names are compared letter by letter: where the server compares them
// without regard to case, a table is named too many, never too few.
void Collector::EnterWith(const List<CommonTable>& with) {
  for (const CommonTable& table : with) {
    const std::string name = Unquote(table.name);
    const std::vector<std::string> columns = NamesOf(table.columns);
    if (table.recursive) common_tables_[name].emplace_back();
    if (table.query == nullptr) continue;
    Relation relation = VisitQuery(*table.query, table.recursive ? &table : nullptr);
    Rename(relation, columns);
    if (table.recursive) common_tables_[name].pop_back();
    common_tables_[name].push_back(std::move(relation));
  }
}

void Collector::LeaveWith(const List<CommonTable>& with) {
  for (const CommonTable& table : with) common_tables_[Unquote(table.name)].pop_back();
}

// The common table that the name means, or null.
const Relation* Collector::FindCommonTable(const ObjectName& name) const {
  if (!name.schema.empty() || common_tables_.empty()) return nullptr;
  const auto found = common_tables_.find(Unquote(name.name));
  return found != common_tables_.end() && !found->second.empty() ? &found->second.back() : nullptr;
}

Relation Collector::VisitQuery(const Query& query, const CommonTable* recursive) {
  ++queries_;
  EnterWith(query.with);
  Relation relation;
  const bool one_select = query.terms.size == 1 && query.terms.first->kind == TermKind::kSelect;
  for (const QueryTerm& term : query.terms) {
    if (one_select) scopes_.emplace_back();
    Relation columns = VisitTerm(term, one_select);
    if (&term == query.terms.first) {
      relation = std::move(columns);
      if (recursive != nullptr) {  // what the recursive part sees of itself
        Relation& self = common_tables_[Unquote(recursive->name)].back();
        self = relation;
        Rename(self, NamesOf(recursive->columns));
      }
    } else {
      if (Spend(relation.size() + columns.size())) Merge(relation, columns);
    }
  }
  if (recursive != nullptr && query.terms.size > 1) Mix(relation);
  VisitOrder(query, one_select);
  if (one_select) scopes_.pop_back();
  VisitExprs(query.limit);
  VisitInto(query.into);
  facts_.locking_read |= query.locks;
  LeaveWith(query.with);
  return relation;
}

// ORDER BY of one SELECT may name its columns; that of a set operation only what comes out.
void Collector::VisitOrder(const Query& query, bool one_select) {
  const bool before = names_are_outputs_;
  names_are_outputs_ = !one_select;
  VisitExprsAs(ColumnRole::kOrdering, query.order_by);
  names_are_outputs_ = before;
}

// A select's scope is the caller's where the caller needs it afterwards.
Relation Collector::VisitTerm(const QueryTerm& term, bool scope_ready) {
  switch (term.kind) {
    case TermKind::kSelect: {
      if (!scope_ready) scopes_.emplace_back();
      Relation relation = VisitSelect(*term.select);
      if (!scope_ready) scopes_.pop_back();
      return relation;
    }
    case TermKind::kValues: return VisitRows(term.rows);
    case TermKind::kTable: {
      const TableRef& table = *term.table;
      if (const Relation* common = FindCommonTable(table.name)) return *common;
      AddObject(ObjectKind::kTable, Access::kRead, table.name);
      const ColumnRef all{SchemaOf(table.name), Unquote(table.name.name), "*", true};
      AddColumn(all, ColumnRole::kProjected);
      return {{"*", {all}, false}};
    }
    case TermKind::kNested: return VisitQuery(*term.nested);
  }
  return {};
}

// VALUES: what flows from its expressions is not told apart by column.
Relation Collector::VisitRows(const List<Expr>& rows) {
  OutputColumn all{"*", {}, true};
  for (const Expr& value : rows) VisitSource(&value, all.sources);
  return {all};
}

// The expression, and whose values flow out of it.
void Collector::VisitSource(const Expr* expr, std::vector<ColumnRef>& sources) {
  std::vector<ColumnRef>* before = sink_;
  sink_ = &sources;
  VisitExpr(expr);
  sink_ = before;
}

Relation Collector::VisitItems(const List<SelectItem>& items) {
  Relation relation;
  for (const SelectItem& item : items) {
    if (item.expr->kind == ExprKind::kStar) {
      VisitStar(*item.expr, relation);
      continue;
    }
    OutputColumn column;
    VisitSource(item.expr, column.sources);
    const Expr* inner = item.expr;
    while (inner->kind == ExprKind::kParenthesized) inner = inner->children.first;
    column.computed = inner->kind != ExprKind::kColumn;
    if (!item.alias.empty()) {
      column.name = Unquote(item.alias);
    } else if (inner->kind == ExprKind::kColumn) {
      column.name = Unquote(inner->name);
    } else {
      column.name = std::string(text_.substr(item.expr->begin, item.expr->end - item.expr->begin));
    }
    if (relation.size() >= kMaxColumnFacts) facts_.columns_cut = true;
    if (!facts_.columns_cut) relation.push_back(std::move(column));
  }
  return relation;
}

// * or t.*: the columns of every source, or of that one.
void Collector::VisitStar(const Expr& star, Relation& relation) {
  if (scopes_.empty()) return;
  const std::string table = Unquote(star.table);
  const std::string schema = Unquote(star.schema);
  bool found = false;
  for (const Source& source : scopes_.back().sources) {
    if (!table.empty() && !Answers(source, schema, table)) continue;
    found = true;
    if (!Spend(1 + source.relation.size())) return;
    if (!source.is_base()) {
      relation.insert(relation.end(), source.relation.begin(), source.relation.end());
      continue;
    }
    const ColumnRef all{source.schema, source.table, "*", true};
    AddColumn(all, role_);
    relation.push_back({"*", {all}, false});
  }
  if (found || table.empty()) return;
  const ColumnRef unknown{schema, table, "*", false};
  AddColumn(unknown, role_);
  relation.push_back({"*", {unknown}, true});
}

Relation Collector::VisitSelect(const SelectBlock& select) {
  VisitHint(select.hint);
  EnterTables(select.from, true);
  Relation relation = VisitItems(select.items);
  VisitAs(ColumnRole::kPredicate, select.where);
  VisitExprsAs(ColumnRole::kGrouping, select.group_by);
  for (const SelectItem& item : select.items) {
    if (!item.alias.empty()) scopes_.back().aliases.push_back(Unquote(item.alias));
  }
  VisitAs(ColumnRole::kPredicate, select.having);
  VisitAs(ColumnRole::kPredicate, select.qualify);
  for (const Window& window : select.windows) VisitWindow(&window);
  return relation;
}

// Puts the tables into the current scope, first all of them and then their conditions.
void Collector::EnterTables(const List<TableRef>& tables, bool reads) {
  for (const TableRef& table : tables) EnterTable(table, reads);
  VisitConditions(tables);
}

void Collector::VisitConditions(const List<TableRef>& tables) {
  for (const TableRef& table : tables) {
    VisitConditions(table.group);
    if (table.kind != TableKind::kFunction) VisitExprsAs(ColumnRole::kJoin, table.exprs);
    for (const NameRef& column : table.using_columns) VisitJoinColumn(Unquote(column.name));
    if (table.natural) VisitJoinColumn("*");
  }
}

// A column that both sides of a join have; "*" for those that only the catalog knows.
void Collector::VisitJoinColumn(const std::string& name) {
  for (const Source& source : scopes_.back().sources) {
    std::vector<ColumnRef> found;
    if (!Spend(1 + source.relation.size())) return;
    if (source.is_base()) {
      found.push_back({source.schema, source.table, name, false});
    } else {
      Find(source.relation, name, found);
    }
    for (const ColumnRef& column : found) AddColumn(column, ColumnRole::kJoin);
  }
}

void Collector::EnterTable(const TableRef& table, bool reads) {
  Source source;
  source.alias = Unquote(table.alias.empty() ? table.name.name : table.alias);
  switch (table.kind) {
    case TableKind::kNamed:
      if (const Relation* common = FindCommonTable(table.name)) {
        if (Spend(common->size())) source.relation = *common;
      } else {
        source.schema = SchemaOf(table.name);
        source.table = Unquote(table.name.name);
        if (reads) AddObject(ObjectKind::kTable, Access::kRead, table.name);
      }
      break;
    case TableKind::kDerived: source.relation = VisitDerived(table); break;
    case TableKind::kGroup:
      for (const TableRef& inner : table.group) EnterTable(inner, reads);
      return;
    case TableKind::kFunction: {
      OutputColumn any{"*", {}, true};
      for (const Expr& argument : table.exprs) VisitSource(&argument, any.sources);
      source.relation = {any};
      break;
    }
  }
  scopes_.back().sources.push_back(std::move(source));
}

// A derived table sees the queries around its SELECT, and only if LATERAL the tables before it.
Relation Collector::VisitDerived(const TableRef& table) {
  Scope hidden;
  const bool hides = !table.lateral && !scopes_.empty();
  if (hides) {
    hidden = std::move(scopes_.back());
    scopes_.pop_back();
  }
  const ColumnRole before = role_;
  role_ = ColumnRole::kProjected;
  Relation relation = VisitQuery(*table.query);
  role_ = before;
  Rename(relation, NamesOf(table.columns));
  if (hides) scopes_.push_back(std::move(hidden));
  return relation;
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
