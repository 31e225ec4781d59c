// What stands behind names of the target's schema: the columns of tables, the queries of views, the expressions of generated
// columns, the bodies of routines and triggers. Only where the reader was given a schema.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

constexpr size_t kMaxUnresolved = 16;
constexpr size_t kMaxDepth = 12;  // of views that read views; routines that call routines

// The server prints views and expressions under a plain sql_mode, and keeps them in utf8mb4.
Dialect Plain(const Dialect& dialect) {
  Dialect plain = dialect;
  plain.mode = {};
  plain.charset = Charset::kUtf8mb4;
  return plain;
}

}  // namespace

Collector::Collector(std::string_view text, const Collector& from, std::string_view default_schema)
    : text_(text),
      dialect_(Plain(from.dialect_)),
      known_{from.known_.schema, default_schema},
      lineage_(from.lineage_),
      repeats_(from.repeats_),
      depth_(from.depth_ + 1) {}

// Where an unqualified name is looked up.
std::string_view Collector::LookupSchema(const ObjectName& name) {
  const std::string_view schema = SchemaOf(name);
  return schema.empty() ? known_.default_schema : schema;
}

void Collector::Unresolved(std::string_view what, std::string_view schema, std::string_view name) {
  if (known_.schema == nullptr || facts_.unresolved.size() >= kMaxUnresolved) return;
  std::string text(what);
  text += ' ';
  if (!schema.empty()) Append(text, schema, ".");
  text += name;
  facts_.unresolved.push_back(std::move(text));
}

void Collector::EnterKnown(const RelationShape& shape, Source& source) {
  source.schema = shape.schema;
  source.table = shape.name;
  if (shape.kind == RelationKind::kView) {
    source.kind = SourceKind::kRelation;
    source.relation = ReadView(shape);
  } else {
    source.kind = SourceKind::kTable;
    source.columns = shape.columns;
  }
}

// Flows that the statement does not name itself.
void Collector::AddBehind(const List<Flow>& flows, Derivation at_least, List<Flow>& to) {
  for (const Flow& flow : flows) {
    Column column = lineage_[flow.column];
    column.behind_view = true;
    const Derivation how = flow.how == Derivation::kCopied ? Derivation::kCopied : Derivation::kBySchema;
    lineage_.AddFlow({lineage_.Add(column), std::max(how, at_least), nullptr}, to);
  }
}

// The columns of a view: each itself, and what its query takes its value from. What the view's own conditions look at is
// the choice of whoever made it.
Relation Collector::ReadView(const RelationShape& shape) {
  Relation read;
  Collector inner(shape.definition, *this, shape.schema);
  Parser parser(shape.definition, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = depth_ < kMaxDepth ? parser.ParseNext() : nullptr;
  const bool whole = statement != nullptr && parser.AtEndOfText() && !parser.failed();
  const Query* const* query = whole ? std::get_if<Query*>(&statement->any) : nullptr;
  if (query != nullptr) read = inner.VisitQuery(**query);
  repeats_ = inner.repeats_;
  if (read.size != shape.columns.size() || !inner.facts_.unresolved.empty() || inner.facts_.columns_cut) {
    Unresolved("view", shape.schema, shape.name);
    read = {};
  }
  Relation relation;
  const RelationColumn* behind = read.first;
  for (const ColumnShape column : shape.columns) {
    RelationColumn* shown = lineage_.AddColumn(relation, column.name);
    lineage_.AddFlow({lineage_.Add({shape.schema, shape.name, column.name})}, shown->flows);
    if (behind == nullptr) continue;
    if (behind->any) Unresolved("view", shape.schema, shape.name);
    AddBehind(behind->flows, Derivation::kCopied, shown->flows);
    behind = behind->next;
  }
  return relation;
}

// What a generated column is made of: its expression read as a SELECT from its table.
void Collector::AddGenerated(const Source& source, const ColumnShape& column, List<Flow>& flows) {
  std::string select = "SELECT ";
  select += column.generated_from;
  const std::string_view text = lineage_.Keep(std::move(select));
  Collector inner(text, *this, source.schema);
  Parser parser(text, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = depth_ < kMaxDepth ? parser.ParseNext() : nullptr;
  const bool whole = statement != nullptr && parser.AtEndOfText() && !parser.failed();
  const Query* const* query = whole ? std::get_if<Query*>(&statement->any) : nullptr;
  if (query == nullptr) return Unresolved("column", source.table, column.name);
  Source table = source;
  Scope around;
  around.sources.Add(&table);
  inner.scope_ = &around;
  const Relation read = inner.VisitQuery(**query);
  if (!inner.facts_.unresolved.empty()) Unresolved("column", source.table, column.name);
  for (const RelationColumn& part : read) AddBehind(part.flows, Derivation::kBySchema, flows);
}

// Every column that was used at all, whatever for.
List<Flow> Collector::EverythingUsed() {
  List<Flow> flows;
  for (const ColumnUsed& use : used_) lineage_.AddFlow({use.column, Derivation::kTransformed, nullptr}, flows);
  return flows;
}

// All columns that a routine or a trigger touches. `head` makes a statement of its body.
List<Flow> Collector::ReadBody(const Behind& what, std::string_view head, std::string_view body) {
  List<Flow> behind;
  std::string whole_text(head);
  whole_text += body;
  const std::string_view text = lineage_.Keep(std::move(whole_text));
  Collector inner(text, *this, what.schema);
  inner.in_body_ = true;
  Parser parser(text, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = !body.empty() && depth_ < kMaxDepth ? parser.ParseNext() : nullptr;
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed()) {
    Unresolved(what.kind, what.schema, what.name);
    return behind;
  }
  inner.Visit(*statement);
  for (std::string& unresolved : inner.facts_.unresolved) {
    if (facts_.unresolved.size() < kMaxUnresolved) facts_.unresolved.push_back(std::move(unresolved));
  }
  facts_.columns_cut |= inner.facts_.columns_cut;
  if (inner.facts_.dynamic_sql) Unresolved(what.kind, what.schema, what.name);
  AddBehind(inner.EverythingUsed(), Derivation::kBySchema, behind);
  return behind;
}

// A stored function may hand out whatever it reads.
void Collector::VisitStoredFunction(const Expr& call) {
  if (known_.schema == nullptr) return;
  const std::string_view schema = LookupSchema({call.schema, call.name});
  const std::string_view name = lineage_.Keep(call.name);
  const auto routine = known_.schema->FindRoutine(RoutineKind::kFunction, schema, name);
  if (!routine) return Unresolved("function", schema, name);
  TakeFlows(ReadBody({"function", routine->schema, name}, "CREATE FUNCTION f() RETURNS INT ", routine->body));
}

void Collector::VisitProcedure(const ObjectName& name) {
  if (known_.schema == nullptr) return;
  const std::string_view schema = LookupSchema(name);
  const auto routine = known_.schema->FindRoutine(RoutineKind::kProcedure, schema, lineage_.Keep(name.name));
  if (!routine) return Unresolved("procedure", schema, lineage_.Keep(name.name));
  const List<Flow> flows = ReadBody({"procedure", routine->schema, routine->name}, "CREATE PROCEDURE p() ", routine->body);
  for (const Flow& flow : flows) UseColumn(flow.column, ColumnRole::kStored);
}

// What the triggers of a changed table read may end up in another one.
void Collector::VisitTriggers(const ObjectName& table) {
  if (known_.schema == nullptr) return;
  const std::string_view schema = LookupSchema(table);
  const auto shape = known_.schema->FindRelation(schema, lineage_.Keep(table.name));
  if (!shape) return Unresolved("table", schema, lineage_.Keep(table.name));
  for (const std::string_view body : shape->triggers) {
    const List<Flow> flows =
        ReadBody({"a trigger of", shape->schema, shape->name}, "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW ", body);
    for (const Flow& flow : flows) UseColumn(flow.column, ColumnRole::kStored);
  }
}

}  // namespace postern::sql
