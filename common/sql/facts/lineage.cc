#include "common/sql/facts/lineage.h"

#include <algorithm>

#include "common/sql/ascii.h"

namespace postern::sql {
namespace {

bool Same(const Column& a, const Column& b) {
  return a.name == b.name && a.table == b.table && a.schema == b.schema && a.exact == b.exact &&
         a.behind_view == b.behind_view;
}

std::string KeyOf(const Column& column) {
  std::string key;
  key += static_cast<char>('A' + (column.exact ? 1 : 0) + (column.behind_view ? 2 : 0));
  key += column.schema;
  key += '\0';
  key += column.table;
  key += '\0';
  key += column.name;
  return key;
}

bool HasAny(const Relation& relation) {
  for (const RelationColumn& column : relation) {
    if (column.any) return true;
  }
  return false;
}

// Whether the name has to be taken apart to be read.
bool IsQuoted(std::string_view raw) {
  return raw.size() >= 2 && (raw.front() == '`' || raw.front() == '"' || raw.front() == '\'');
}

}  // namespace

ColumnRef RefOf(const Column& column) {
  return {std::string(column.schema), std::string(column.table), std::string(column.name), column.exact,
          column.behind_view};
}

ColumnId Lineage::Append(const Column& column) {
  columns_.push_back(column);
  return static_cast<ColumnId>(columns_.size() - 1);
}

ColumnId Lineage::Constant() {
  if (!constant_) constant_ = Add({});
  return *constant_;
}

// A short table is searched, a long one goes by a key that spells out all of a column.
ColumnId Lineage::Add(const Column& column) {
  if (columns_.size() < kShortTable) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (Same(columns_[i], column)) return static_cast<ColumnId>(i);
    }
    return Append(column);
  }
  if (by_key_.empty()) {
    for (size_t i = 0; i < columns_.size(); ++i) by_key_.emplace(KeyOf(columns_[i]), static_cast<ColumnId>(i));
  }
  const auto [at, added] = by_key_.emplace(KeyOf(column), static_cast<ColumnId>(columns_.size()));
  return added ? Append(column) : at->second;
}

std::string_view Lineage::Keep(const Name& name) {
  if (!IsQuoted(name.raw)) return name.raw;
  const char quote = name.raw.front();
  const std::string_view inside = name.raw.substr(1, name.raw.size() - 2);
  const bool plain = inside.find(quote) == std::string_view::npos &&
                     (quote != '\'' || inside.find('\\') == std::string_view::npos);
  return plain ? inside : Keep(Unquote(name));
}

std::string_view Lineage::Keep(std::string text) { return arena_.Keep(text); }

void Lineage::AddFlow(Flow flow, List<Flow>& flows) {
  for (Flow& known : flows) {
    if (known.column != flow.column) continue;
    known.how = std::max(known.how, flow.how);
    return;
  }
  if (flows.size >= kMaxSources) return;
  Flow* added = arena_.New<Flow>();
  *added = flow;
  flows.Add(added);
}

void Lineage::AddFlows(const List<Flow>& more, Derivation at_least, List<Flow>& flows) {
  for (const Flow& flow : more) AddFlow({flow.column, std::max(flow.how, at_least), nullptr}, flows);
}

RelationColumn* Lineage::AddColumn(Relation& relation, std::string_view name) {
  RelationColumn* column = arena_.New<RelationColumn>();
  column->name = name;
  relation.Add(column);
  return column;
}

void Lineage::AddShared(Relation& relation, const RelationColumn& column) {
  RelationColumn* added = AddColumn(relation, column.name);
  added->flows = column.flows;
  added->computed = column.computed;
  added->any = column.any;
}

bool Lineage::Find(const Relation& relation, std::string_view name, List<Flow>& flows) {
  bool found = false;
  size_t any = 0;
  for (const RelationColumn& column : relation) {
    if (column.any) ++any;
    if (column.any || !EqualsIgnoreCase(column.name, name)) continue;
    found = true;
    AddFlows(column.flows, Derivation::kCopied, flows);
  }
  if (found || any == 0) return found;
  for (const RelationColumn& column : relation) {
    if (!column.any) continue;
    for (const Flow& flow : column.flows) {
      Column source = columns_[flow.column];
      if (source.name == "*") {
        source.name = name;
        source.exact = source.exact && any == 1 && column.flows.size == 1;
      }
      AddFlow({Add(source), flow.how, nullptr}, flows);
    }
  }
  return true;
}

// All that the relation could offer, behind one column that may be any.
Relation Lineage::Blurred(const Relation& relation) {
  Relation blurred;
  RelationColumn* all = AddColumn(blurred, "*");
  all->any = all->computed = true;
  for (const RelationColumn& column : relation) AddFlows(column.flows, Derivation::kCopied, all->flows);
  return blurred;
}

Relation Lineage::Merge(const Relation& first, const Relation& second) {
  Relation merged;
  if (first.size != second.size || HasAny(first) || HasAny(second)) {
    for (const RelationColumn& column : first) AddShared(merged, column);
    for (const RelationColumn& column : second) AddShared(merged, column);
    return Blurred(merged);
  }
  const RelationColumn* other = second.first;
  for (const RelationColumn& column : first) {
    RelationColumn* added = AddColumn(merged, column.name);
    added->computed = column.computed || other->computed;
    AddFlows(column.flows, Derivation::kCopied, added->flows);
    AddFlows(other->flows, Derivation::kCopied, added->flows);
    other = other->next;
  }
  return merged;
}

Relation Lineage::Mix(const Relation& relation) {
  const Relation all = Blurred(relation);
  Relation mixed;
  for (const RelationColumn& column : relation) {
    RelationColumn* added = AddColumn(mixed, column.name);
    added->flows = all.first->flows;
    added->computed = true;
    added->any = column.any;
  }
  return mixed;
}

Relation Lineage::Rename(const Relation& relation, const List<NameRef>& names) {
  if (names.empty()) return relation;
  const bool known = !HasAny(relation) && relation.size == names.size;
  const Relation blurred = known ? Relation() : Blurred(relation);
  const RelationColumn* column = known ? relation.first : blurred.first;
  Relation renamed;
  for (const NameRef& ref : names) {
    RelationColumn* added = AddColumn(renamed, Keep(ref.name));
    added->flows = column->flows;
    added->computed = column->computed;
    if (known) column = column->next;
  }
  return renamed;
}

}  // namespace postern::sql
