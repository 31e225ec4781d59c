// What queries read, and where their rows go. Names of common tables shadow tables while they are in scope.
#include <algorithm>
#include <charconv>

#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/text/ascii.h"

namespace postern::sql {
namespace {

constexpr size_t kMaxRepeats = 32;  // of recursive common tables, all together

bool SameFlows(const List<Flow>& a, const List<Flow>& b) {
  if (a.size != b.size) return false;
  const Flow* other = b.first;
  for (const Flow& flow : a) {
    if (flow.column != other->column || flow.how != other->how) return false;
    other = other->next;
  }
  return true;
}

bool SameColumns(const Relation& a, const Relation& b) {
  if (a.size != b.size) return false;
  const RelationColumn* other = b.first;
  for (const RelationColumn& column : a) {
    if (!SameFlows(column.flows, other->flows)) return false;
    other = other->next;
  }
  return true;
}

// Each flow is compared with those before it.
size_t CostOfMerging(const Relation& relation) {
  size_t cost = relation.size;
  for (const RelationColumn& column : relation) cost += column.flows.size * column.flows.size / 16;
  return cost;
}

const Expr* Inside(const Expr* expr) {
  while (expr->kind == ExprKind::kParenthesized) expr = expr->children.first;
  return expr;
}

// Whether some server compares the two names as equal though they are not written alike, as MariaDB does for common tables.
bool MayBeTaken(std::string_view name, std::string_view wanted) {
  return EqualsIgnoreCase(name, wanted) || !text::IsAscii(name) || !text::IsAscii(wanted);
}

bool IsOneSelect(const Query& query) {
  return query.terms.size == 1 && query.terms.first->kind == TermKind::kSelect;
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
  if (IsOneSelect(query)) SetWhere(first->select->where);
  TakeOutputs(VisitQuery(query));
}

// A common table sees those before it, and itself. Names are compared letter by letter: where the server compares them
// without regard to case, a table is named too many, never too few.
void Collector::EnterWith(const List<CommonTable>& with) {
  const ColumnRole before = role_;
  role_ = ColumnRole::kProjected;  // what becomes of its values shows where it is named
  for (const CommonTable& table : with) {
    auto* entry = lineage_.arena().New<CommonTableInSight>();
    entry->name = lineage_.Keep(table.name);
    facts_.derived.emplace_back(entry->name);
    if (table.recursive) later_.push_back(table.next);  // MariaDB lets a recursive table name those after it
    if (table.query != nullptr) {
      entry->relation = table.recursive ? VisitRecursive(table) : VisitQuery(*table.query);
      entry->relation = lineage_.Rename(entry->relation, table.columns);
    }
    if (table.recursive) later_.pop_back();
    entry->outer = with_;
    with_ = entry;
  }
  role_ = before;
}

void Collector::LeaveWith(const List<CommonTable>& with) {
  for (size_t i = 0; i < with.size; ++i) with_ = with_->outer;
}

// What a recursive table yields depends on what it yields: it is read again until nothing new flows.
Relation Collector::VisitRecursive(const CommonTable& table) {
  CommonTableInSight self;
  self.name = lineage_.Keep(table.name);
  self.names = &table.columns;
  self.outer = with_;
  with_ = &self;
  Relation relation = VisitQuery(*table.query, &self);
  const Relation anchor = self.relation;
  while (table.query->terms.size > 1 && !facts_.columns_cut) {
    const Relation before = lineage_.Rename(relation, table.columns);
    if (SameColumns(before, self.relation)) break;
    if (++repeats_ > kMaxRepeats) {
      relation = lineage_.Mix(relation);
      break;
    }
    self.relation = before;
    relation = VisitQuery(*table.query, nullptr);
  }
  with_ = self.outer;
  if (table.query->terms.size > 1) relation = CutToAnchor(relation, anchor);
  if (table.cycle) UseAll(relation, ColumnRole::kGrouping);
  return relation;
}

// Servers cut the recursive part's values to the types of the first part's: an expression, unless both are the same column.
Relation Collector::CutToAnchor(const Relation& relation, const Relation& anchor) {
  Relation cut;
  const RelationColumn* type = anchor.first;
  for (const RelationColumn& column : relation) {
    RelationColumn* as = lineage_.AddColumn(cut, column.name);
    as->computed = column.computed;
    as->any = column.any;
    for (const Flow& flow : column.flows) {
      const bool same = type != nullptr && !column.any && std::any_of(type->flows.begin(), type->flows.end(), [&](const Flow& other) {
        return other.column == flow.column && other.how == flow.how;
      });
      const Derivation how = same ? flow.how : Derivation::kTransformed;
      if (!same) UseColumn(flow.column, ColumnRole::kProjected, how);
      lineage_.AddFlow({flow.column, how, nullptr}, as->flows);
    }
    if (type != nullptr) type = type->next;
  }
  return cut;
}

void Collector::UseAll(const Relation& relation, ColumnRole role) {
  for (const RelationColumn& column : relation) {
    for (const Flow& flow : column.flows) UseColumn(flow.column, role);
  }
}

// The common table that the name means, or null.
const Relation* Collector::FindCommonTable(const ObjectName& name) {
  if (!name.schema.empty() || with_ == nullptr) return nullptr;
  const std::string_view wanted = lineage_.Keep(name.name);
  for (const CommonTableInSight* table = with_; table != nullptr; table = table->outer) {
    if (!Spend(1)) return nullptr;
    if (table->name == wanted) return &table->relation;
    if (MayBeTaken(table->name, wanted)) Unresolved("table", {}, wanted);
  }
  for (const CommonTable* table : later_) {
    for (; table != nullptr; table = table->next) {
      if (!Spend(1)) return nullptr;
      if (MayBeTaken(lineage_.Keep(table->name), wanted)) Unresolved("table", {}, wanted);
    }
  }
  return nullptr;
}

Relation Collector::VisitQuery(const Query& query, CommonTableInSight* recursive) {
  ++queries_;
  const Around around = StepInto(query.into.kind != IntoKind::kNone);
  EnterWith(query.with);
  Scope own;
  const bool one_select = IsOneSelect(query);
  Relation relation;
  if (one_select) {
    own.outer = scope_;
    scope_ = &own;
    relation = VisitTerm(*query.terms.first, &own);
  } else {
    relation = VisitTerms(query, recursive);
    CompareRows(query, relation);
  }
  VisitOrder(query, relation, one_select);
  if (one_select) scope_ = own.outer;
  VisitExprs(query.limit);
  VisitInto(query.into);
  facts_.locking_read |= query.locks;
  LeaveWith(query.with);
  StepOut(around);
  return relation;
}

// What a query does not take over from the expression around it.
Collector::Around Collector::StepInto(bool kept) {
  const Around around{role_, outputs_, comparing_, items_in_sight_};
  if (kept) role_ = ColumnRole::kStored;
  outputs_ = nullptr;
  comparing_ = items_in_sight_ = false;
  return around;
}

void Collector::StepOut(const Around& around) {
  role_ = around.role;
  outputs_ = around.outputs;
  comparing_ = around.comparing;
  items_in_sight_ = around.items_in_sight;
}

Relation Collector::VisitTerms(const Query& query, CommonTableInSight* recursive) {
  Relation relation;
  for (const QueryTerm& term : query.terms) {
    const Relation columns = VisitTerm(term, nullptr);
    if (&term != query.terms.first) {
      if (Spend(CostOfMerging(relation) + columns.size)) relation = lineage_.Merge(relation, columns);
      continue;
    }
    relation = columns;
    // What the recursive part sees of itself.
    if (recursive != nullptr) recursive->relation = lineage_.Rename(relation, *recursive->names);
  }
  return relation;
}

// UNION ALL alone puts rows together without comparing them.
void Collector::CompareRows(const Query& query, const Relation& relation) {
  bool compares = false;
  for (const QueryTerm& term : query.terms) {
    compares |= &term != query.terms.first && !(term.all && term.set_operator == Kw::kUNION);
  }
  if (compares) UseAll(relation, ColumnRole::kGrouping);
}

// ORDER BY of one SELECT may name its columns; that of a set operation only what comes out.
void Collector::VisitOrder(const Query& query, const Relation& relation, bool one_select) {
  if (query.order_by.empty()) return;
  const Relation* before = outputs_;
  outputs_ = one_select ? nullptr : &relation;
  VisitKeys(ColumnRole::kOrdering, query.order_by, relation);
  outputs_ = before;
}

namespace {

constexpr std::string_view kAnyPosition = "";

// What a key is that servers may take for a position in the select list: its digits, kAnyPosition where we do not work out which
// one it is. None: something else. Servers look through parentheses, signs and {x 2}; MariaDB takes TRUE and a parameter too.
std::optional<std::string_view> PositionIn(const Expr& key) {
  const Expr* inner = &key;
  bool negated = false;
  while (inner->kind == ExprKind::kParenthesized || inner->kind == ExprKind::kUnary ||
         (inner->kind == ExprKind::kIntroduced && !inner->children.empty())) {
    negated |= inner->kind == ExprKind::kUnary && inner->op != Op::kPlus;
    inner = inner->children.first;
  }
  if (inner->kind == ExprKind::kParameter) return kAnyPosition;
  const bool other = inner->kind != ExprKind::kLiteral || inner->keyword == Kw::kNULL || inner->token == TokenKind::kString ||
                     inner->token == TokenKind::kNationalString || inner->token == TokenKind::kNullBackslash;
  if (other) return std::nullopt;
  return inner->token == TokenKind::kInteger && !negated ? inner->name.raw : kAnyPosition;
}

}  // namespace

// Keys of ORDER BY and GROUP BY: expressions, names of the select list, or positions in it.
void Collector::VisitKeys(ColumnRole role, const List<Expr>& keys, const Relation& items) {
  items_in_sight_ = true;
  for (const Expr& key : keys) {
    key_is_name_ = key.kind == ExprKind::kColumn;
    VisitAs(role, &key);
    if (const auto position = PositionIn(key)) VisitPosition(role, *position, items);
  }
  items_in_sight_ = key_is_name_ = false;
}

// MariaDB takes positions here too, of a select list that is not read to its end yet.
void Collector::VisitWindow(const Window* window) {
  if (window == nullptr) return;
  VisitExprsAs(ColumnRole::kOrdering, window->children);
  VisitExprsAs(ColumnRole::kOrdering, window->bounds);
  if (!dialect_.IsMariaDb()) return;
  for (const Expr& key : window->children) {
    if (PositionIn(key)) Unresolved("column", {}, "by position in a window");
  }
}

// The column of the select list that stands there; all of them where a `*` hides how many come before it.
void Collector::VisitPosition(ColumnRole role, std::string_view digits, const Relation& items) {
  if (!Spend(items.size)) return;
  size_t position = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), position);
  bool sure = digits != kAnyPosition;
  size_t at = 0;
  for (const RelationColumn& item : items) {
    sure &= !item.any;
    if (++at != position && sure) continue;
    for (const Flow& flow : item.flows) UseColumn(flow.column, role);
    if (sure) return;
  }
}

// The scope of a SELECT is the caller's where the caller needs it afterwards.
Relation Collector::VisitTerm(const QueryTerm& term, Scope* ready) {
  switch (term.kind) {
    case TermKind::kSelect: {
      Scope own;
      if (ready == nullptr) {
        own.outer = scope_;
        scope_ = &own;
      }
      VisitSelect(*term.select);
      const Relation items = scope_->items;
      if (ready == nullptr) scope_ = own.outer;
      return items;
    }
    case TermKind::kValues: return VisitRows(term.rows);
    case TermKind::kTable: return VisitWholeTable(*term.table);
    case TermKind::kNested: return VisitQuery(*term.nested);
  }
  return {};
}

// TABLE t
Relation Collector::VisitWholeTable(const TableRef& table) {
  if (const Relation* common = FindCommonTable(table.name)) return *common;
  Source source;
  EnterNamed(table, source, true);
  Relation relation;
  AddAllOf(source, relation);
  return relation;
}

// VALUES: what flows from its expressions is not told apart by column.
Relation Collector::VisitRows(const List<Expr>& rows) {
  Relation relation;
  RelationColumn* all = lineage_.AddColumn(relation, "*");
  all->computed = all->any = true;
  for (const Expr& value : rows) VisitFlows(&value, all->flows);
  return relation;
}

std::string_view Collector::OutputName(const SelectItem& item) {
  if (!item.alias.empty()) {
    std::string_view alias = lineage_.Keep(item.alias);
    while (!alias.empty() && (alias.front() == ' ' || (alias.front() >= 9 && alias.front() <= 13))) alias.remove_prefix(1);  // as servers do
    return alias;
  }
  const Expr* inner = Inside(item.expr);
  if (inner->kind == ExprKind::kColumn) return lineage_.Keep(inner->name);
  return text_.substr(item.expr->begin, item.expr->end - item.expr->begin);
}

void Collector::VisitItems(const List<SelectItem>& items, Relation& relation) {
  for (const SelectItem& item : items) {
    if (relation.size >= kMaxColumnFacts) facts_.columns_cut = true;
    if (item.expr->kind == ExprKind::kStar) {
      VisitStar(*item.expr, relation);
      continue;
    }
    List<Flow> flows;
    VisitFlows(item.expr, flows);
    if (facts_.columns_cut) continue;
    RelationColumn* column = lineage_.AddColumn(relation, OutputName(item));
    column->flows = flows;
    column->computed = Inside(item.expr)->kind != ExprKind::kColumn;
  }
}

void Collector::VisitSelect(const SelectBlock& select) {
  VisitHint(select.hint);
  scope_->from = &select.from;
  EnterTables(select.from, true);
  VisitItems(select.items, scope_->items);
  VisitAs(ColumnRole::kPredicate, select.where);
  VisitKeys(ColumnRole::kGrouping, select.group_by, scope_->items);
  items_in_sight_ = true;
  VisitAs(ColumnRole::kPredicate, select.having);
  VisitAs(ColumnRole::kPredicate, select.qualify);
  items_in_sight_ = false;
  for (const Window& window : select.windows) VisitWindow(&window);
  if (select.distinct) UseAll(scope_->items, ColumnRole::kGrouping);
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
