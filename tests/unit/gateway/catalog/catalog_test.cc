#include "gateway/catalog/catalog.h"

#include "tests/unit/gateway/catalog/snapshots.h"

namespace postern::catalog {
namespace {

TEST_CASE("what a relay saw is found: columns in order, definitions, triggers, routines") {
  const auto catalog = MustBuild(Shop());
  const auto orders = catalog->FindRelation("shop", "Orders");
  REQUIRE(orders.has_value());
  CHECK(orders->kind == sql::RelationKind::kTable);
  CHECK(orders->schema == "shop");
  REQUIRE(orders->columns.size() == 2);
  auto column = orders->columns.begin();
  CHECK((*column).name == "id");
  CHECK_FALSE((*column).invisible);
  ++column;
  CHECK((*column).name == "total");
  CHECK((*column).invisible);
  CHECK((*column).generated_from == "`id` + 1");
  CHECK(orders->triggers == std::vector<std::string_view>{"SET NEW.total = 1", "SET NEW.total = 2"});

  const auto view = catalog->FindRelation("shop", "v");
  REQUIRE(view.has_value());
  CHECK(view->kind == sql::RelationKind::kView);
  CHECK(view->definition == "select `shop`.`Orders`.`id` AS `id` from `shop`.`Orders`");
  CHECK(view->triggers.empty());
  CHECK(catalog->FindRelation("shop", "s")->kind == sql::RelationKind::kSequence);

  CHECK(catalog->FindRoutine(sql::RoutineKind::kProcedure, "shop", "tIdY")->body == "DELETE FROM Orders");
  CHECK(catalog->FindRoutine(sql::RoutineKind::kFunction, "shop", "TIDY")->body.empty());
  CHECK_FALSE(catalog->FindRoutine(sql::RoutineKind::kFunction, "other", "tidy").has_value());
  CHECK(catalog->HasSchema("shop"));
  CHECK_FALSE(catalog->HasSchema("shopping"));
  CHECK(catalog->counts().relations == 4);
  CHECK(catalog->counts().columns == 5);
  CHECK(catalog->counts().triggers == 2);
  CHECK(catalog->counts().hidden_definitions == 1);
}

TEST_CASE("names are compared as lower_case_table_names says") {
  const auto exact = MustBuild(Shop(0));
  CHECK_FALSE(exact->FindRelation("shop", "orders").has_value());
  CHECK_FALSE(exact->FindRelation("SHOP", "Orders").has_value());
  CHECK_FALSE(exact->FindRoutine(sql::RoutineKind::kProcedure, "SHOP", "tidy").has_value());
  CHECK(exact->FindRelation("Information_Schema", "tables").has_value());
  for (const uint32_t any : {1, 2}) {
    const auto folded = MustBuild(Shop(any));
    CHECK(folded->FindRelation("SHOP", "oRDERS")->name == "Orders");
    CHECK(folded->FindRoutine(sql::RoutineKind::kProcedure, "SHOP", "tidy").has_value());
    CHECK(folded->HasSchema("Shop"));
  }
  CHECK_FALSE(exact->FindRelation("shop", std::string(300, 'x')).has_value());
  CHECK_FALSE(exact->FindRelation("", "").has_value());
  // "a" and "bc" are not "ab" and "c".
  const auto split = MustBuild({Server(), RelationItem("a", "bc"), ColumnsItem("a", "bc", {"x"})});
  CHECK_FALSE(split->FindRelation("ab", "c").has_value());
}

TEST_CASE(
    "two tables whose names differ only in case are two where the server says so, and a broken snapshot elsewhere") {
  Items items = {Server(0), RelationItem("s", "t"), RelationItem("s", "T"), ColumnsItem("s", "t", {"a"}),
                 ColumnsItem("s", "T", {"b"})};
  CHECK((*MustBuild(items)->FindRelation("s", "T")->columns.begin()).name == "b");
  items[0] = Server(1);
  CHECK_FALSE(Build(items).ok());
}

TEST_CASE("what came or went while the relay read is left out") {
  const auto catalog =
      MustBuild({Server(), RelationItem("s", "gone"), RelationItem("s", "t"), ColumnsItem("s", "t", {"a"}),
                 ColumnsItem("s", "new", {"a"}), TextItem(v1::CatalogText::OF_VIEW, "s", "new", "select 1"),
                 TextItem(v1::CatalogText::OF_VIEW, "s", "t", "select 1"),
                 RelationItem("s", "odd", v1::CatalogRelation::KIND_UNSPECIFIED), ColumnsItem("s", "odd", {"a"})});
  CHECK(catalog->FindRelation("s", "t").has_value());
  CHECK(catalog->FindRelation("s", "t")->definition.empty());
  for (const char* name : {"gone", "new", "odd"}) CHECK_FALSE(catalog->FindRelation("s", name).has_value());
  CHECK(catalog->counts().relations == 1);
}

TEST_CASE("columns that a list does not show are there, hidden") {
  Items items = {Server(), RelationItem("s", "t", v1::CatalogRelation::KIND_VERSIONED_TABLE),
                 ColumnsItem("s", "t", {"x"})};
  std::vector<std::string> names;
  const auto catalog = MustBuild(items);
  const auto table = catalog->FindRelation("s", "t");
  for (const sql::ColumnShape column : table->columns) {
    names.emplace_back(column.name);
    CHECK(column.invisible == (column.name != "x"));
  }
  CHECK(names == std::vector<std::string>{"x", "row_start", "row_end"});
  // One that names them itself has no others.
  items[2].mutable_columns()->mutable_columns(0)->set_period(true);
  CHECK(MustBuild(items)->FindRelation("s", "t")->columns.size() == 1);
}

TEST_CASE("what may not be seen is not taken for nothing") {
  Items items = {Server(), RelationItem("s", "t"), ColumnsItem("s", "t", {"x"})};
  items[1].mutable_relation()->set_triggers_hidden(true);
  items[2].mutable_columns()->mutable_columns(0)->set_expression_hidden(true);
  const auto catalog = MustBuild(items);
  const auto table = catalog->FindRelation("s", "t");
  CHECK(table->triggers == std::vector<std::string_view>{""});
  CHECK((*table->columns.begin()).generated_from == Catalog::kUnknownExpression);
  CHECK(catalog->counts().hidden_definitions == 1);
}

TEST_CASE("a snapshot is taken whole or not at all: bad names, order, sizes") {
  const std::string long_name(256, 'n');
  const std::vector<Items> bad = {
      {},
      {SchemaItem("s")},
      {Server(), Server()},
      {Server(3)},
      {Server(), v1::CatalogItem()},
      {Server(), SchemaItem("")},
      {Server(), SchemaItem("s"), SchemaItem("s")},
      {Server(), SchemaItem(long_name)},
      {Server(), RelationItem("s", "")},
      {Server(), RelationItem("s", std::string("a\0b", 3))},
      {Server(), RelationItem("s", "\xff")},
      {Server(), RelationItem("s", "t"), RelationItem("s", "t")},
      {Server(), RelationItem("s", "t"), ColumnsItem("s", "t", {""})},
      {Server(), RelationItem("s", "t"), ColumnsItem("s", "t", {long_name})},
      {Server(), RelationItem("s", "t"), ColumnsItem("s", "t", std::vector<std::string>(5000, "c"))},
      {Server(), RelationItem("s", "t"), RelationItem("s", "u"), ColumnsItem("s", "t", {"a"}),
       ColumnsItem("s", "u", {"a"}), ColumnsItem("s", "t", {"b"})},
      {Server(), TextItem(v1::CatalogText::OF_UNSPECIFIED, "s", "t", "x")},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "", "x")},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "p", "x", true)},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "p", "x", true), SchemaItem("s")},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "p", "x", true),
       TextItem(v1::CatalogText::OF_FUNCTION, "s", "p", "x")},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "p", std::string((1 << 20) + 1, 'x'))},
      {Server(), TextItem(v1::CatalogText::OF_PROCEDURE, "s", "p", ""),
       TextItem(v1::CatalogText::OF_PROCEDURE, "s", "P", "")},
      {Server(), RelationItem("s", "v", v1::CatalogRelation::KIND_VIEW),
       TextItem(v1::CatalogText::OF_VIEW, "s", "v", ""), TextItem(v1::CatalogText::OF_VIEW, "s", "v", "")},
  };
  for (size_t i = 0; i < bad.size(); ++i) {
    INFO(i);
    CHECK_FALSE(Build(bad[i]).ok());
  }
}

TEST_CASE("a catalog stays within its bytes") {
  Items items = {Server()};
  for (int i = 0; i < 2000; ++i) items.push_back(RelationItem("s", "table_" + std::to_string(i)));
  CHECK(Build(items).ok());
  CHECK(Build(items, {.bytes = 100'000}).status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("a table of 20 columns takes less than 1 KB, of 50,000") {
  constexpr int kTables = 50'000;
  const std::vector<std::string> columns = {"id",
                                            "customer_id",
                                            "created_at",
                                            "updated_at",
                                            "status",
                                            "currency_code",
                                            "total_amount",
                                            "shipping_address_id",
                                            "billing_address_id",
                                            "payment_method",
                                            "payment_reference",
                                            "discount_amount",
                                            "tax_amount",
                                            "notes",
                                            "source_channel",
                                            "assigned_employee",
                                            "priority",
                                            "external_reference",
                                            "is_archived",
                                            "row_version"};
  CatalogBuilder builder({});
  REQUIRE(builder.Add(Server()).ok());
  const auto name = [](int i) { return "customer_orders_" + std::to_string(i); };
  for (int i = 0; i < kTables; ++i) REQUIRE(builder.Add(RelationItem("tenant_schema", name(i))).ok());
  for (int i = 0; i < kTables; ++i) REQUIRE(builder.Add(ColumnsItem("tenant_schema", name(i), columns)).ok());
  auto catalog = builder.Finish("digest");
  REQUIRE(catalog.ok());
  CHECK((*catalog)->memory_bytes() / kTables < 500);
  CHECK((*catalog)->counts().columns == 20u * kTables);
  CHECK((*catalog)->FindRelation("tenant_schema", name(49'999))->columns.size() == 20);
}

}  // namespace
}  // namespace postern::catalog
