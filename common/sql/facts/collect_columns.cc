// Which tables' columns the names in a statement mean.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/text/ascii.h"

namespace postern::sql {
namespace {

// Whether a name in a stored program that no column answers to may be a variable. Not one that a server takes for a column all
// the same: the pseudo-column of the primary key, or a name that it folds as we do not.
bool MayBeVariable(std::string_view name) { return text::IsAscii(name) && !EqualsIgnoreCase(name, "_rowid"); }

// Whether a server may take one of the columns for a name that is written otherwise.
bool HasForeignName(const Relation& relation) {
  for (const RelationColumn& column : relation) {
    if (!text::IsAscii(column.name)) return true;
  }
  return false;
}

}  // namespace

// Of what a name in the text means: the schema as written, or the one whose names EXPLAIN FOR SCHEMA looks up.
std::string_view Collector::SchemaOf(const ObjectName& name) {
  return name.schema.empty() ? default_schema_ : lineage_.Keep(name.schema);
}

// Whether the qualifier means this source. Letter case is ignored: a source too many is looked at, never one too few.
bool Collector::Answers(const Source& source, std::string_view schema, std::string_view table) const {
  if (!EqualsIgnoreCase(source.alias, table)) return false;
  return schema.empty() || source.schema.empty() || EqualsIgnoreCase(source.schema, schema);
}

// False once columns have cost too much: from then on they are not looked up any more, and the facts say so.
bool Collector::Spend(size_t steps) {
  work_ += steps;
  if (work_ > kMaxColumnWork) facts_.columns_cut = true;
  return !facts_.columns_cut;
}

// `how` tells what is made of a projected value where it stands.
void Collector::UseColumn(ColumnId id, ColumnRole role, Derivation how) {
  if (lineage_.IsConstant(id)) return;
  const bool transformed = role == ColumnRole::kProjected && how > Derivation::kBySchema;
  const bool compared = comparing_ && (role == ColumnRole::kPredicate || role == ColumnRole::kJoin);
  const auto bit = static_cast<uint8_t>(1u << static_cast<unsigned>(role));
  if (id >= roles_.size()) roles_.resize(lineage_.size(), 0);
  if ((roles_[id] & bit) == 0) {
    if (used_.size() >= kMaxColumnFacts) {
      facts_.columns_cut = true;
      return;
    }
    roles_[id] |= bit;
    used_.push_back({id, role, compared, transformed});
    return;
  }
  if (compared) return;
  for (ColumnUsed& use : used_) {
    if (use.column != id || use.role != role) continue;
    use.only_compared = false;
    use.transformed |= transformed;
  }
}

// Takes what a name resolved to: as a use in the current role, and as a source of the value being read.
void Collector::TakeFlows(const List<Flow>& flows) {
  if (flows.size >= kMaxSources || !Spend(flows.size * (1 + (sink_ == nullptr ? 0 : sink_->size)))) {
    facts_.columns_cut = true;
    return;
  }
  for (const Flow& flow : flows) UseColumn(flow.column, role_, how_);
  if (sink_ == nullptr) return;
  lineage_.AddFlows(flows, how_, *sink_);
  if (sink_->size >= kMaxSources) facts_.columns_cut = true;
}

// Adds where the column of that name comes from. False if the source cannot have one.
bool Collector::LookIn(const Source& source, std::string_view name, List<Flow>& found) {
  switch (source.kind) {
    case SourceKind::kGuessed:
      lineage_.AddFlow({lineage_.Add({source.schema, source.table, name})}, found);
      return true;
    case SourceKind::kTable:
      for (const ColumnShape column : source.columns) {
        if (!EqualsIgnoreCase(column.name, name)) continue;
        lineage_.AddFlow({lineage_.Add({source.schema, source.table, column.name})}, found);
        if (!column.generated_from.empty()) AddGenerated(source, column, found);
        return true;
      }
      return false;
    case SourceKind::kRelation: return lineage_.Find(source.relation, name, found);
  }
  return false;
}

void Collector::VisitColumn(const Expr& column) {
  if (facts_.columns_cut) return;
  const std::string_view name = lineage_.Keep(column.name);
  if (column.table.empty()) return VisitBareColumn(name);
  const std::string_view table = lineage_.Keep(column.table);
  const std::string_view schema = lineage_.Keep(column.schema);
  if (row_ != nullptr && (EqualsIgnoreCase(table, "OLD") || EqualsIgnoreCase(table, "NEW"))) {
    List<Flow> found;
    return LookIn(*row_, name, found) ? TakeFlows(found) : Unresolved("column", table, name);
  }
  bool met = false;
  for (Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    if (scope->hidden) continue;
    List<Flow> found;
    bool here = false;
    for (const Source& source : scope->sources) {
      if (!Spend(1 + source.relation.size + source.columns.size())) return;
      if (!Answers(source, schema, table)) continue;
      here |= LookIn(source, name, found);
      if (!here && known_.schema != nullptr) met = true;
    }
    if (here && !met) return TakeFlows(found);
  }
  NotFound(schema, table, name);
}

// A name that nothing in sight answers to.
void Collector::NotFound(std::string_view schema, std::string_view table, std::string_view name) {
  if (scope_ == nullptr && table.empty()) return;
  if (in_body_ && MayBeVariable(name)) return;  // NEW and OLD too
  if (known_.schema != nullptr) {
    Unresolved("column", table, name);
  } else if (table.empty()) {
    return;
  }
  List<Flow> guess;
  lineage_.AddFlow({lineage_.Add({schema, table, name, false})}, guess);
  TakeFlows(guess);
}

// Looks in the tables of one SELECT. Guesses are sources that may have any column.
bool Collector::LookIn(const Scope& scope, std::string_view name, List<Flow>& found, size_t& guesses) {
  bool here = false;
  for (const Source& source : scope.sources) {
    if (!Spend(1 + source.relation.size + source.columns.size())) return true;
    const bool has_it = LookIn(source, name, found);
    if (!has_it && HasForeignName(source.relation)) Unresolved("column", source.alias, name);
    if (source.kind == SourceKind::kGuessed) ++guesses;
    here |= has_it && source.kind != SourceKind::kGuessed;
  }
  return here;
}

// Any source in sight may have it. One that surely has it by name ends the search where no other is guessed at, and so does
// the outermost query. What a select list calls by that name counts too where the server looks there.
void Collector::VisitBareColumn(std::string_view name) {
  List<Flow> found;
  size_t guesses = 0;
  bool here = false;
  if (outputs_ != nullptr) {  // ORDER BY of a set operation
    if (!lineage_.Find(*outputs_, name, found)) Unresolved("column", {}, name);
    return TakeFlows(found);
  }
  const bool ordering = role_ == ColumnRole::kOrdering;
  for (Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    if (scope->hidden) continue;
    if (scope == scope_ && items_in_sight_) {
      here = lineage_.Find(scope->items, name, found);
      if (!here && HasForeignName(scope->items)) Unresolved("column", {}, name);
      // Inside an expression the table's column of that name comes first.
      if (here && ordering && key_is_name_) break;
    }
    here |= LookIn(*scope, name, found, guesses);
    if (facts_.columns_cut) return;
    if (!here && scope != scope_) here = lineage_.Find(scope->items, name, found);
    if (here && guesses == 0) break;
    if (known_.schema != nullptr && !text::IsAscii(name)) break;  // letter case beyond ASCII is the server's to tell
  }
  if (found.empty()) {
    if (!here) NotFound({}, {}, name);
    return;
  }
  TakeFlows(found.size > 1 && guesses > 0 ? Inexact(found) : found);
}

// The same columns, of which nobody knows whether they are meant.
List<Flow> Collector::Inexact(const List<Flow>& flows) {
  List<Flow> inexact;
  for (const Flow& flow : flows) {
    Column column = lineage_[flow.column];
    column.exact = false;
    lineage_.AddFlow({lineage_.Add(column), flow.how, nullptr}, inexact);
  }
  return inexact;
}

void Collector::VisitAs(ColumnRole role, const Expr* expr) {
  if (expr == nullptr) return;
  const ColumnRole before = role_;
  List<Flow>* sink = sink_;
  role_ = role;
  sink_ = nullptr;
  VisitExpr(expr);
  role_ = before;
  sink_ = sink;
}

void Collector::VisitExprsAs(ColumnRole role, const List<Expr>& exprs) {
  for (const Expr& expr : exprs) VisitAs(role, &expr);
}

// The expression, and whose values flow out of it, into something that makes `how` of them.
void Collector::VisitFlows(const Expr* expr, List<Flow>& flows, Derivation how) {
  List<Flow>* sink = sink_;
  const Derivation before = how_;
  sink_ = &flows;
  how_ = how;
  VisitExpr(expr);
  sink_ = sink;
  how_ = before;
}

}  // namespace postern::sql
