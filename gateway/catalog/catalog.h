// What a target's schema looked like when a relay read it: tables with their columns, views, triggers, routines.
// Answers what the reader of SQL asks.
//
// Made by a CatalogBuilder and never changed after that, so any thread may read it; the time of capture alone moves,
// when the same content is read again. A table of 20 columns takes well under 1 KB.
#ifndef POSTERN_GATEWAY_CATALOG_CATALOG_H_
#define POSTERN_GATEWAY_CATALOG_CATALOG_H_

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/schema.h"
#include "gateway/catalog/name_index.h"
#include "gateway/catalog/text_store.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::catalog {

struct CatalogCounts {
  uint64_t schemas = 0;
  uint64_t relations = 0;
  uint64_t columns = 0;
  uint64_t routines = 0;
  uint64_t triggers = 0;
  // Views, routines and tables' triggers that the relay's user may not see, or that cannot be used.
  uint64_t hidden_definitions = 0;
};

class Catalog final : public sql::Schema {
 public:
  // In place of a generated column's expression that is not known: no text of an expression, so whoever reads it is
  // refused.
  static constexpr std::string_view kUnknownExpression = ")";

  // Of a table whose triggers the relay may not see, `triggers` holds one empty body.
  std::optional<sql::RelationShape> FindRelation(std::string_view schema, std::string_view name) const override;
  std::optional<sql::RoutineShape> FindRoutine(sql::RoutineKind kind, std::string_view schema,
                                               std::string_view name) const override;
  bool HasSchema(std::string_view schema) const;

  const v1::ServerFacts& server() const { return server_; }
  const std::string& digest() const { return digest_; }
  const CatalogCounts& counts() const { return counts_; }
  // Grows with every change of the target's content, as long as the gateway runs.
  uint64_t generation() const { return generation_; }
  // When the relay began to read it, by our clock.
  absl::Time captured_at() const { return absl::FromUnixMillis(captured_at_ms_); }
  size_t memory_bytes() const;

 private:
  friend class CatalogBuilder;
  friend class Catalogs;

  struct Relation {
    std::string_view schema;
    std::string_view name;
    std::string_view columns;  // packed
    std::string_view definition;
    uint32_t column_count = 0;
    sql::RelationKind kind = sql::RelationKind::kTable;
    bool defined = false;
    bool versioned = false;
    bool has_period = false;
    bool triggers_hidden = false;
  };
  struct Routine {
    std::string_view schema;
    std::string_view name;
    std::string_view body;
  };
  struct Trigger {
    uint32_t relation;
    std::string_view body;
  };
  struct SchemaName {
    std::string_view schema;
    std::string_view name;  // empty
  };

  explicit Catalog(v1::ServerFacts server);

  v1::ServerFacts server_;
  std::string digest_;
  CatalogCounts counts_;
  uint64_t generation_ = 0;
  std::atomic<int64_t> captured_at_ms_{0};

  TextStore texts_;
  std::vector<Relation> relations_;
  std::vector<Routine> procedures_;
  std::vector<Routine> functions_;
  std::vector<Trigger> triggers_;  // by relation
  std::vector<SchemaName> schemas_;
  NameIndex<Relation> relation_index_;
  NameIndex<Routine> procedure_index_;
  NameIndex<Routine> function_index_;
  NameIndex<SchemaName> schema_index_;
};

using CatalogPtr = std::shared_ptr<const Catalog>;

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_CATALOG_H_
