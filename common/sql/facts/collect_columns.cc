// Which tables' columns the names in a statement mean.
#include <algorithm>

#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
std::string Collector::SchemaOf(const ObjectName& name) const {
  return name.schema.empty() ? default_schema_ : Unquote(name.schema);
}

// Whether the qualifier means this source. Letter case is ignored: a source too many is looked at, never one too few.
bool Collector::Answers(const Source& source, const std::string& schema, const std::string& table) const {
  if (!EqualsIgnoreCase(source.alias, table)) return false;
  return schema.empty() || source.schema.empty() || EqualsIgnoreCase(source.schema, schema);
}

// False once columns have cost too much: from then on they are not looked up any more, and the facts say so.
bool Collector::Spend(size_t steps) {
  work_ += steps;
  if (work_ > kMaxColumnWork) facts_.columns_cut = true;
  return !facts_.columns_cut;
}

// Takes what a name resolved to: as a use in the current role, and as a source of the value being read.
void Collector::TakeColumns(const std::vector<ColumnRef>& columns) {
  if (columns.size() >= kMaxSources || !Spend(columns.size() * (1 + (sink_ == nullptr ? 0 : sink_->size())))) {
    facts_.columns_cut = true;
    return;
  }
  for (const ColumnRef& column : columns) {
    AddColumn(column, role_);
    if (sink_ != nullptr) AddSource(column, *sink_);
  }
  if (sink_ != nullptr && sink_->size() >= kMaxSources) facts_.columns_cut = true;
}

void Collector::VisitColumn(const Expr& column) {
  if (facts_.columns_cut) return;
  const std::string name = Unquote(column.name);
  if (column.table.empty()) {
    if (!names_are_outputs_) VisitBareColumn(name);
    return;
  }
  const std::string table = Unquote(column.table);
  const std::string schema = Unquote(column.schema);
  for (size_t i = scopes_.size(); i-- > 0;) {
    std::vector<ColumnRef> found;
    bool any = false;
    for (const Source& source : scopes_[i].sources) {
      if (!Spend(1 + source.relation.size())) return;
      if (!Answers(source, schema, table)) continue;
      any = true;
      if (source.is_base()) {
        found.push_back({source.schema, source.table, name, true});
      } else {
        Find(source.relation, name, found);
      }
    }
    if (any) return TakeColumns(found);
  }
  TakeColumns({{schema, table, name, false}});
}

// Any source in sight may have it; a derived one that has it by name ends the search, and so does the outermost query.
void Collector::VisitBareColumn(const std::string& name) {
  std::vector<ColumnRef> found;
  size_t bases = 0;
  for (size_t i = scopes_.size(); i-- > 0;) {
    const Scope& scope = scopes_[i];
    if (role_ == ColumnRole::kOrdering && i + 1 == scopes_.size()) {
      const auto is_name = [&](const std::string& alias) { return EqualsIgnoreCase(alias, name); };
      if (std::any_of(scope.aliases.begin(), scope.aliases.end(), is_name)) return;
    }
    bool derived_has_it = false;
    for (const Source& source : scope.sources) {
      if (!Spend(1 + source.relation.size())) return;
      if (source.is_base()) {
        found.push_back({source.schema, source.table, name, true});
        ++bases;
      } else {
        derived_has_it |= Find(source.relation, name, found);
      }
    }
    if (derived_has_it && bases == 0) break;
  }
  if (found.size() > 1 && bases > 0) {
    for (ColumnRef& column : found) column.exact = false;
  }
  if (found.empty() && scopes_.empty()) return;  // a name outside of any query: a routine's variable
  TakeColumns(found);
}

void Collector::VisitAs(ColumnRole role, const Expr* expr) {
  if (expr == nullptr) return;
  const ColumnRole before = role_;
  std::vector<ColumnRef>* sink = sink_;
  role_ = role;
  sink_ = nullptr;
  VisitExpr(expr);
  role_ = before;
  sink_ = sink;
}

void Collector::VisitExprsAs(ColumnRole role, const List<Expr>& exprs) {
  for (const Expr& expr : exprs) VisitAs(role, &expr);
}

}  // namespace postern::sql
