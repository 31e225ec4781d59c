// Makes a Catalog out of what a relay sends, item by item, and believes none of it: names, order, sizes and counts are
// checked, and any fault ends the whole. One thread at a time.
#ifndef POSTERN_GATEWAY_CATALOG_CATALOG_BUILDER_H_
#define POSTERN_GATEWAY_CATALOG_CATALOG_BUILDER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "gateway/catalog/catalog.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::catalog {

struct CatalogLimits {
  // Memory of one target's catalog. While another is built there are two.
  size_t bytes = size_t{256} << 20;
};

class CatalogBuilder {
 public:
  explicit CatalogBuilder(CatalogLimits limits) : limits_(limits) {}

  // INVALID_ARGUMENT: not a snapshot; RESOURCE_EXHAUSTED: over the limits. After either, only destruction.
  absl::Status Add(const v1::CatalogItem& item);
  // After the last item; the digest is the caller's to have checked. What came or went while the relay read is left
  // out.
  absl::StatusOr<std::shared_ptr<Catalog>> Finish(std::string digest);

 private:
  absl::Status Add(const v1::ServerFacts& server);
  absl::Status Add(const v1::CatalogName& schema);
  absl::Status Add(const v1::CatalogRelation& relation);
  absl::Status Add(const v1::CatalogColumns& columns);
  absl::Status Add(const v1::CatalogText& text);
  absl::Status AddRoutine(const v1::CatalogText& text);
  absl::Status AddToRelation(const v1::CatalogText& text);
  absl::Status CloseColumns();
  absl::Status CheckSize() const;
  std::string_view KeepSchema(std::string_view schema);

  const CatalogLimits limits_;
  std::shared_ptr<Catalog> catalog_;
  std::string_view last_schema_;
  // The relation whose columns are coming, and what has come of them.
  std::optional<uint32_t> open_relation_;
  std::string packed_;
  uint32_t column_count_ = 0;
  // A text of which pieces are missing.
  std::optional<v1::CatalogText> open_text_;
};

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_CATALOG_BUILDER_H_
