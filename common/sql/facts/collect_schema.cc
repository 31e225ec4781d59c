// What stands behind names of the target's schema: the columns of tables, the queries of views, the expressions of generated
// columns, the bodies of routines and triggers. Only where the reader was given a schema.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

constexpr size_t kMaxUnresolved = 16;
constexpr size_t kMaxDepth = 12;  // of views that read views; routines that call routines
constexpr size_t kMaxTexts = 512;

// The server prints views and expressions under a plain sql_mode, and keeps them in utf8mb4.
Dialect Plain(const Dialect& dialect) {
  Dialect plain = dialect;
  plain.mode = {};
  plain.charset = Charset::kUtf8mb4;
  return plain;
}

bool IsEvent(std::string_view word) {
  return EqualsIgnoreCase(word, "INSERT") || EqualsIgnoreCase(word, "UPDATE") || EqualsIgnoreCase(word, "DELETE");
}

}  // namespace

Collector::Collector(std::string_view text, const Collector& from, std::string_view default_schema)
    : text_(text),
      dialect_(Plain(from.dialect_)),
      known_{from.known_.schema, default_schema},
      lineage_(from.lineage_),
      repeats_(from.repeats_),
      depth_(from.depth_ + 1),
      texts_(from.texts_ + 1),
      explaining_(from.explaining_) {}

// The one statement of a text of the schema; null if it is not read whole, or too much was read already.
const Statement* Collector::ReadBehind(Parser& parser) {
  if (depth_ >= kMaxDepth || texts_ >= kMaxTexts) return nullptr;
  const Statement* statement = parser.ParseNext();
  return statement != nullptr && parser.AtEndOfText() && !parser.failed() ? statement : nullptr;
}

void Collector::TakeOver(const Collector& inner) {
  repeats_ = inner.repeats_;
  texts_ = inner.texts_;
  keeps_ |= inner.keeps_;
  reshapes_ |= inner.reshapes_;
}

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

// A column that the statement does not name itself.
ColumnId Collector::AsBehind(ColumnId id) {
  if (lineage_.IsConstant(id)) return id;
  Column column = lineage_[id];
  column.behind_view = true;
  return lineage_.Add(column);
}

void Collector::AddBehind(const List<Flow>& flows, Derivation at_least, List<Flow>& to) {
  for (const Flow& flow : flows) {
    const Derivation how = flow.how == Derivation::kCopied ? Derivation::kCopied : Derivation::kBySchema;
    lineage_.AddFlow({AsBehind(flow.column), std::max(how, at_least), nullptr}, to);
  }
}

// The columns of a view: each itself, and what its query takes its value from. What the view's own conditions look at is
// the choice of whoever made it, unless it hands that to a function which keeps it, or a plan shows it.
Relation Collector::ReadView(const RelationShape& shape) {
  Relation read;
  Collector inner(shape.definition, *this, shape.schema);
  Parser parser(shape.definition, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = ReadBehind(parser);
  const Query* const* query = statement == nullptr ? nullptr : std::get_if<Query*>(&statement->any);
  if (query != nullptr) read = inner.VisitQuery(**query);
  TakeOver(inner);
  for (const ColumnUsed& use : inner.used_) {
    if (use.role == ColumnRole::kStored || (explaining_ && use.role != ColumnRole::kProjected)) UseColumn(AsBehind(use.column), use.role);
  }
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
  const Statement* statement = ReadBehind(parser);
  const Query* const* query = statement == nullptr ? nullptr : std::get_if<Query*>(&statement->any);
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
Collector::Body Collector::ReadBody(const Behind& what, std::string_view head, std::string_view body) {
  std::string whole_text(head);
  whole_text += body;
  const std::string_view text = lineage_.Keep(std::move(whole_text));
  Collector inner(text, *this, what.schema);
  inner.in_body_ = true;
  inner.row_ = what.row;
  Parser parser(text, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = body.empty() ? nullptr : ReadBehind(parser);
  if (statement == nullptr) {
    Unresolved(what.kind, what.schema, what.name);
    return {};
  }
  inner.Visit(*statement);
  TakeOver(inner);
  for (std::string& unresolved : inner.facts_.unresolved) {
    if (facts_.unresolved.size() < kMaxUnresolved) facts_.unresolved.push_back(std::move(unresolved));
  }
  facts_.columns_cut |= inner.facts_.columns_cut;
  if (inner.facts_.dynamic_sql || inner.facts_.server_state_inside || inner.reshapes_) Unresolved(what.kind, what.schema, what.name);
  Body read;
  read.keeps = inner.keeps_;
  AddBehind(inner.EverythingUsed(), Derivation::kBySchema, read.reads);
  return read;
}

// A stored function may hand out whatever it reads. True if it may keep that, and what it is called with.
bool Collector::VisitStoredFunction(const Expr& call) {
  if (known_.schema == nullptr) return false;
  const std::string_view schema = LookupSchema({call.schema, call.name});
  const std::string_view name = lineage_.Keep(call.name);
  const auto routine = known_.schema->FindRoutine(RoutineKind::kFunction, schema, name);
  if (!routine) {
    Unresolved("function", schema, name);
    return true;
  }
  const Body body = ReadBody({"function", routine->schema, name}, "CREATE FUNCTION f() RETURNS INT ", routine->body);
  const ColumnRole role = role_;
  if (body.keeps) role_ = ColumnRole::kStored;
  TakeFlows(body.reads);
  role_ = role;
  return body.keeps;
}

void Collector::VisitProcedure(const ObjectName& name) {
  if (known_.schema == nullptr) return;
  const std::string_view schema = LookupSchema(name);
  const auto routine = known_.schema->FindRoutine(RoutineKind::kProcedure, schema, lineage_.Keep(name.name));
  if (!routine) return Unresolved("procedure", schema, lineage_.Keep(name.name));
  const Body body = ReadBody({"procedure", routine->schema, routine->name}, "CREATE PROCEDURE p() ", routine->body);
  for (const Flow& flow : body.reads) UseColumn(flow.column, ColumnRole::kStored);
}

void Collector::VisitTriggers(const ObjectName& table, Access event) {
  if (known_.schema == nullptr) return;
  VisitTriggers(LookupSchema(table), lineage_.Keep(table.name), event);
}

// What the triggers of a changed table read may end up in another one. A row that is changed or deleted is read by those that
// name it OLD or NEW; a new row is the statement's own.
void Collector::VisitTriggers(std::string_view schema, std::string_view name, Access event) {
  const auto shape = known_.schema->FindRelation(schema, name);
  if (!shape) return Unresolved("table", schema, name);
  if (shape->kind == RelationKind::kView) return VisitTriggersBehind(*shape, event);
  Source row;
  EnterKnown(*shape, row);
  for (const std::string_view trigger : shape->triggers) {
    const std::string_view its_event = trigger.substr(0, trigger.find(' '));
    if (IsEvent(its_event) && !EqualsIgnoreCase(its_event, AccessName(event))) continue;
    const std::string_view body = IsEvent(its_event) ? trigger.substr(its_event.size()) : std::string_view();
    const Behind what{"a trigger of", shape->schema, shape->name, event == Access::kInsert ? nullptr : &row};
    const Body read = ReadBody(what, "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW", body);
    for (const Flow& flow : read.reads) UseColumn(flow.column, ColumnRole::kStored);
  }
}

// Changing a view changes some table behind it.
void Collector::VisitTriggersBehind(const RelationShape& view, Access event) {
  Collector inner(view.definition, *this, view.schema);
  Parser parser(view.definition, inner.dialect_, Limits{}, lineage_.arena());
  const Statement* statement = ReadBehind(parser);
  const Query* const* query = statement == nullptr ? nullptr : std::get_if<Query*>(&statement->any);
  if (query == nullptr) return Unresolved("view", view.schema, view.name);
  inner.VisitQuery(**query);
  TakeOver(inner);
  ++depth_;
  for (const ObjectUse& object : inner.facts_.objects) {
    if (object.kind != ObjectKind::kTable) continue;
    const std::string_view schema = object.schema.empty() ? view.schema : lineage_.Keep(object.schema);
    VisitTriggers(schema, lineage_.Keep(object.name), event);
  }
  --depth_;
}

}  // namespace postern::sql
