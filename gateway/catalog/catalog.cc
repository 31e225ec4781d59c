#include "gateway/catalog/catalog.h"

#include <algorithm>
#include <utility>

namespace postern::catalog {
namespace {

NameRule TablesRule(const v1::ServerFacts& server) {
  const bool any_case = server.lower_case_table_names() != 0;
  return {any_case, any_case};
}

NameRule RoutinesRule(const v1::ServerFacts& server) { return {server.lower_case_table_names() != 0, true}; }

template <class T>
size_t BytesOf(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

}  // namespace

Catalog::Catalog(v1::ServerFacts server)
    : server_(std::move(server)),
      relation_index_(relations_, TablesRule(server_)),
      procedure_index_(procedures_, RoutinesRule(server_)),
      function_index_(functions_, RoutinesRule(server_)),
      schema_index_(schemas_, TablesRule(server_)) {}

std::optional<sql::RelationShape> Catalog::FindRelation(std::string_view schema, std::string_view name) const {
  const Relation* found = relation_index_.Find(schema, name);
  if (found == nullptr) return std::nullopt;
  sql::RelationShape shape;
  shape.kind = found->kind;
  shape.schema = found->schema;
  shape.name = found->name;
  shape.columns = sql::ColumnList(found->columns, found->column_count);
  shape.definition = found->definition;
  const auto position = static_cast<uint32_t>(found - relations_.data());
  const auto first =
      std::lower_bound(triggers_.begin(), triggers_.end(), position,
                       [](const Trigger& trigger, uint32_t relation) { return trigger.relation < relation; });
  for (auto trigger = first; trigger != triggers_.end() && trigger->relation == position; ++trigger) {
    shape.triggers.push_back(trigger->body);
  }
  return shape;
}

std::optional<sql::RoutineShape> Catalog::FindRoutine(sql::RoutineKind kind, std::string_view schema,
                                                      std::string_view name) const {
  const Routine* found =
      kind == sql::RoutineKind::kProcedure ? procedure_index_.Find(schema, name) : function_index_.Find(schema, name);
  if (found == nullptr) return std::nullopt;
  return sql::RoutineShape{found->schema, found->name, found->body};
}

bool Catalog::HasSchema(std::string_view schema) const { return schema_index_.Find(schema, "") != nullptr; }

size_t Catalog::memory_bytes() const {
  return sizeof *this + texts_.memory_bytes() + BytesOf(relations_) + BytesOf(procedures_) + BytesOf(functions_) +
         BytesOf(triggers_) + BytesOf(schemas_) + relation_index_.memory_bytes() + procedure_index_.memory_bytes() +
         function_index_.memory_bytes() + schema_index_.memory_bytes();
}

}  // namespace postern::catalog
