// Snapshots as a relay would send them, made of a few words.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_CATALOG_SNAPSHOTS_H_
#define POSTERN_TESTS_UNIT_GATEWAY_CATALOG_SNAPSHOTS_H_

#include <openssl/sha.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/catalog/catalogs.h"

namespace postern::catalog {

using Items = std::vector<v1::CatalogItem>;

inline v1::CatalogItem Server(uint32_t lower_case_table_names = 0) {
  v1::CatalogItem item;
  item.mutable_server()->set_version("8.0.40");
  item.mutable_server()->set_lower_case_table_names(lower_case_table_names);
  return item;
}

inline v1::CatalogItem SchemaItem(const std::string& name) {
  v1::CatalogItem item;
  item.mutable_schema()->set_name(name);
  return item;
}

inline v1::CatalogItem RelationItem(const std::string& schema, const std::string& name,
                                    v1::CatalogRelation::Kind kind = v1::CatalogRelation::KIND_TABLE) {
  v1::CatalogItem item;
  item.mutable_relation()->set_schema(schema);
  item.mutable_relation()->set_name(name);
  item.mutable_relation()->set_kind(kind);
  return item;
}

inline v1::CatalogItem ColumnsItem(const std::string& schema, const std::string& name,
                                   const std::vector<std::string>& columns) {
  v1::CatalogItem item;
  item.mutable_columns()->set_schema(schema);
  item.mutable_columns()->set_relation(name);
  for (const std::string& column : columns) item.mutable_columns()->add_columns()->set_name(column);
  return item;
}

inline v1::CatalogItem TextItem(v1::CatalogText::Of of, const std::string& schema, const std::string& name,
                                const std::string& text, bool more = false) {
  v1::CatalogItem item;
  item.mutable_text()->set_of(of);
  item.mutable_text()->set_schema(schema);
  item.mutable_text()->set_name(name);
  item.mutable_text()->set_text(text);
  item.mutable_text()->set_more(more);
  return item;
}

// A bit of everything.
inline Items Shop(uint32_t lower_case_table_names = 0) {
  Items items = {Server(lower_case_table_names),
                 SchemaItem("shop"),
                 SchemaItem("information_schema"),
                 RelationItem("shop", "Orders"),
                 RelationItem("shop", "v", v1::CatalogRelation::KIND_VIEW),
                 RelationItem("shop", "s", v1::CatalogRelation::KIND_SEQUENCE),
                 RelationItem("information_schema", "TABLES"),
                 ColumnsItem("shop", "Orders", {"id", "total"}),
                 ColumnsItem("shop", "v", {"id"}),
                 ColumnsItem("shop", "s", {"next_not_cached_value"}),
                 ColumnsItem("information_schema", "TABLES", {"TABLE_NAME"}),
                 TextItem(v1::CatalogText::OF_VIEW, "shop", "v", "select `shop`.`Orders`", true),
                 TextItem(v1::CatalogText::OF_VIEW, "shop", "v", ".`id` AS `id` from `shop`.`Orders`"),
                 TextItem(v1::CatalogText::OF_TRIGGER, "shop", "Orders", "SET NEW.total = 1"),
                 TextItem(v1::CatalogText::OF_TRIGGER, "shop", "Orders", "SET NEW.total = 2"),
                 TextItem(v1::CatalogText::OF_PROCEDURE, "shop", "Tidy", "DELETE FROM Orders"),
                 TextItem(v1::CatalogText::OF_FUNCTION, "shop", "tidy", "")};
  items[7].mutable_columns()->mutable_columns(1)->set_invisible(true);
  items[7].mutable_columns()->mutable_columns(1)->set_expression("`id` + 1");
  return items;
}

inline absl::StatusOr<std::shared_ptr<Catalog>> Build(const Items& items, CatalogLimits limits = {}) {
  CatalogBuilder builder(limits);
  for (const v1::CatalogItem& item : items) {
    if (absl::Status added = builder.Add(item); !added.ok()) return added;
  }
  return builder.Finish("digest");
}

inline std::shared_ptr<Catalog> MustBuild(const Items& items) {
  auto built = Build(items);
  INFO(built.status());
  REQUIRE(built.ok());
  return *std::move(built);
}

// The chunks of a snapshot, each of `per_chunk` items, and what introduces them.
struct Parcel {
  v1::CatalogBegin begin;
  std::vector<std::string> chunks;
};

inline Parcel Pack(const Items& items, size_t per_chunk = 3) {
  Parcel parcel;
  std::string all;
  for (size_t i = 0; i < items.size(); i += per_chunk) {
    v1::CatalogItems chunk;
    for (size_t j = i; j < std::min(items.size(), i + per_chunk); ++j) *chunk.add_items() = items[j];
    parcel.chunks.push_back(chunk.SerializeAsString());
    all += parcel.chunks.back();
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest);
  parcel.begin.set_target("orders");
  parcel.begin.set_digest(digest, sizeof digest);
  parcel.begin.set_items(items.size());
  return parcel;
}

}  // namespace postern::catalog

#endif  // POSTERN_TESTS_UNIT_GATEWAY_CATALOG_SNAPSHOTS_H_
