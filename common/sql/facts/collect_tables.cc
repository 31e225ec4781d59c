// The tables of FROM, how they are joined, and the columns that a `*` stands for.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

// Whether a join somewhere shows a column of both sides once.
bool HasSharedColumns(const List<TableRef>& tables) {
  for (const TableRef& table : tables) {
    if (table.natural || !table.using_columns.empty() || HasSharedColumns(table.group)) return true;
  }
  return false;
}

const RelationColumn* Named(const Relation& relation, std::string_view name) {
  for (const RelationColumn& column : relation) {
    if (EqualsIgnoreCase(column.name, name)) return &column;
  }
  return nullptr;
}

bool IsShared(const TableRef& join, const RelationColumn& column, const Relation& other) {
  if (join.natural) return Named(other, column.name) != nullptr;
  for (const NameRef& ref : join.using_columns) {
    if (EqualsIgnoreCase(Unquote(ref.name), column.name)) return true;
  }
  return false;
}

}  // namespace

// Puts the tables into the current scope, first all of them and then their conditions.
void Collector::EnterTables(const List<TableRef>& tables, bool reads) {
  for (const TableRef& table : tables) EnterTable(table, reads);
  VisitConditions(tables);
}

void Collector::EnterTable(const TableRef& table, bool reads) {
  if (table.kind == TableKind::kGroup) {
    for (const TableRef& inner : table.group) EnterTable(inner, reads);
    return;
  }
  auto* source = lineage_.arena().New<Source>();
  source->ref = &table;
  switch (table.kind) {
    case TableKind::kNamed: EnterNamed(table, *source, reads); break;
    case TableKind::kDerived:
      source->kind = SourceKind::kRelation;
      source->relation = VisitDerived(table);
      facts_.derived.push_back(Unquote(table.alias));
      break;
    case TableKind::kFunction: {
      source->kind = SourceKind::kRelation;
      RelationColumn* any = lineage_.AddColumn(source->relation, "*");
      any->computed = any->any = true;
      // How many rows it makes of a value tells of the value, whatever is shown.
      for (const Expr& argument : table.exprs) VisitFlows(&argument, any->flows, Derivation::kTransformed);
      break;
    }
    case TableKind::kGroup: break;
  }
  source->alias = lineage_.Keep(table.alias.empty() ? table.name.name : table.alias);
  scope_->sources.Add(source);
}

void Collector::EnterNamed(const TableRef& table, Source& source, bool reads) {
  if (const Relation* common = FindCommonTable(table.name)) {
    source.kind = SourceKind::kRelation;
    source.relation = *common;
    return;
  }
  EnterBase(table.name, source);
  if (table.partitions) UseAllOf(source, ColumnRole::kPredicate);
  if (table.index_hints) UseAllOf(source, ColumnRole::kOrdering);
  if (reads) AddObject(ObjectKind::kTable, Access::kRead, table.name);
}

// A base table or a view, with its columns if they are known.
void Collector::EnterBase(const ObjectName& name, Source& source) {
  source.table = source.alias = lineage_.Keep(name.name);
  if (known_.schema == nullptr) {
    source.schema = SchemaOf(name);
    return;
  }
  source.schema = LookupSchema(name);
  if (const auto shape = known_.schema->FindRelation(source.schema, source.table)) return EnterKnown(*shape, source);
  Unresolved("table", source.schema, source.table);
}

// Every column of a table that is known, though the statement names none.
void Collector::UseAllOf(const Source& source, ColumnRole role) {
  if (!Spend(source.columns.size())) return;
  for (const ColumnShape column : source.columns) UseColumn(lineage_.Add({source.schema, source.table, column.name}), role);
}

void Collector::VisitConditions(const List<TableRef>& tables) {
  for (const TableRef& table : tables) {
    VisitConditions(table.group);
    if (table.kind != TableKind::kFunction) VisitExprsAs(ColumnRole::kJoin, table.exprs);
    comparing_ = true;
    for (const NameRef& column : table.using_columns) VisitJoinColumn(lineage_.Keep(column.name));
    if (table.natural) VisitJoinColumn("*");
    comparing_ = false;
  }
}

// A column that both sides of a join have; "*" for those that only the schema knows.
void Collector::VisitJoinColumn(std::string_view name) {
  for (const Source& source : scope_->sources) {
    if (!Spend(1 + source.relation.size + source.columns.size())) return;
    List<Flow> found;
    if (source.kind == SourceKind::kGuessed || (source.kind == SourceKind::kTable && name == "*")) {
      lineage_.AddFlow({lineage_.Add({source.schema, source.table, name, false})}, found);
    } else if (name == "*") {
      for (const RelationColumn& column : source.relation) lineage_.AddFlows(column.flows, Derivation::kCopied, found);
    } else {
      LookIn(source, name, found);
    }
    for (const Flow& flow : found) UseColumn(flow.column, ColumnRole::kJoin);
  }
}

// A derived table sees the queries around its SELECT, and only if LATERAL the tables before it.
Relation Collector::VisitDerived(const TableRef& table) {
  const bool hides = !table.lateral && scope_ != nullptr && !scope_->hidden;
  Scope* around = scope_;
  if (hides) around->hidden = true;
  const ColumnRole before = role_;
  List<Flow>* sink = sink_;
  role_ = ColumnRole::kProjected;
  sink_ = nullptr;
  const Relation relation = VisitQuery(*table.query);
  role_ = before;
  sink_ = sink;
  if (hides) around->hidden = false;
  return lineage_.Rename(relation, table.columns);
}

// * or t.*: the columns of every source, or of that one.
void Collector::VisitStar(const Expr& star, Relation& relation) {
  if (scope_ == nullptr) return;
  if (star.table.empty() && known_.schema != nullptr && scope_->from != nullptr && HasSharedColumns(*scope_->from)) {
    return AddJoined(*scope_->from, relation);
  }
  const std::string_view table = lineage_.Keep(star.table);
  const std::string_view schema = lineage_.Keep(star.schema);
  bool found = false;
  for (const Source& source : scope_->sources) {
    if (!table.empty() && !Answers(source, schema, table)) continue;
    found = true;
    AddAllOf(source, relation);
  }
  if (found || table.empty()) return;
  NotFound(schema, table, "*");
  RelationColumn* unknown = lineage_.AddColumn(relation, "*");
  unknown->any = unknown->computed = true;
  lineage_.AddFlow({lineage_.Add({schema, table, "*", false})}, unknown->flows);
}

// The columns of one source as `*` shows them.
void Collector::AddAllOf(const Source& source, Relation& relation) {
  if (!Spend(1 + source.relation.size + source.columns.size())) return;
  switch (source.kind) {
    case SourceKind::kRelation:
      for (const RelationColumn& column : source.relation) {
        lineage_.AddShared(relation, column);
        for (const Flow& flow : column.flows) UseColumn(flow.column, role_);
      }
      return;
    case SourceKind::kGuessed: {
      RelationColumn* all = lineage_.AddColumn(relation, "*");
      all->any = true;
      lineage_.AddFlow({lineage_.Add({source.schema, source.table, "*"})}, all->flows);
      UseColumn(all->flows.first->column, role_);
      return;
    }
    case SourceKind::kTable:
      for (const ColumnShape shape : source.columns) {
        if (shape.invisible) continue;
        RelationColumn* column = lineage_.AddColumn(relation, shape.name);
        LookIn(source, shape.name, column->flows);
        for (const Flow& flow : column->flows) UseColumn(flow.column, role_);
      }
      return;
  }
}

// The columns of a FROM in which joins share some: those of a join once, before the others.
void Collector::AddJoined(const List<TableRef>& tables, Relation& relation) {
  Relation chain;
  const auto flush = [&] {
    for (const RelationColumn& column : chain) lineage_.AddShared(relation, column);
    chain = {};
  };
  for (const TableRef& table : tables) {
    Relation own;
    if (table.kind == TableKind::kGroup) {
      AddJoined(table.group, own);
    } else {
      for (const Source& source : scope_->sources) {
        if (source.ref == &table) AddAllOf(source, own);
      }
    }
    if (table.join == JoinKind::kComma) flush();
    if (!Spend(chain.size * own.size)) return;
    chain = JoinUsing(table, chain, own);
  }
  flush();
}

Relation Collector::JoinUsing(const TableRef& table, const Relation& left, const Relation& right) {
  // A right join is a left join the other way round, and shows its columns that way.
  const bool turned = table.join == JoinKind::kRight && (table.natural || !table.using_columns.empty());
  const Relation& first = turned ? right : left;
  const Relation& second = turned ? left : right;
  Relation joined;
  for (const RelationColumn& column : first) {
    const RelationColumn* other = IsShared(table, column, second) ? Named(second, column.name) : nullptr;
    if (other == nullptr) continue;
    RelationColumn* shared = lineage_.AddColumn(joined, column.name);
    shared->computed = column.computed || other->computed;
    lineage_.AddFlows(column.flows, Derivation::kCopied, shared->flows);
    lineage_.AddFlows(other->flows, Derivation::kCopied, shared->flows);
  }
  for (const Relation* side : {&first, &second}) {
    const Relation& other = side == &first ? second : first;
    for (const RelationColumn& column : *side) {
      if (!IsShared(table, column, other)) lineage_.AddShared(joined, column);
    }
  }
  return joined;
}

}  // namespace postern::sql
