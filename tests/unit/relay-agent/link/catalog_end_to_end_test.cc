// A real server's schema as it arrives at a gateway: what is in it, and what a user without rights does not get to see.
#include <map>

#include "gateway/catalog/catalogs.h"
#include "tests/unit/relay-agent/link/linked_stack.h"

namespace postern::relay {
namespace {

using catalog::Catalog;
using catalog::CatalogPtr;

void MakeKinds(PrivateDatabase& database) {
  database.Run(
      "CREATE DATABASE IF NOT EXISTS kinds; USE kinds; SET sql_mode='';"
      "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), hid INT INVISIBLE,"
      " g VARCHAR(30) AS (CONCAT(a, 'it''s ', id)) STORED, v INT AS (id + 1) VIRTUAL,"
      " ts TIMESTAMP DEFAULT CURRENT_TIMESTAMP);"
      "CREATE VIEW w AS SELECT a, CONCAT(a, 'it''s') AS b FROM t;"
      "CREATE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'x';"
      "CREATE FUNCTION f() RETURNS INT DETERMINISTIC READS SQL DATA RETURN (SELECT MAX(id) FROM t);"
      "CREATE PROCEDURE p() SELECT * FROM t;"
      "SET sql_mode='ANSI_QUOTES'; CREATE PROCEDURE quoted() SELECT 1");
  if (database.is_mariadb()) {
    database.Run(
        "CREATE SEQUENCE kinds.s; CREATE TABLE kinds.versioned (x INT) WITH SYSTEM VERSIONING;"
        "CREATE TABLE kinds.named (x INT, rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START,"
        " re TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME(rs, re)) WITH SYSTEM "
        "VERSIONING");
  }
}

// A gateway that keeps catalogs, and a relay whose user has these rights.
struct Told {
  explicit Told(const std::string& user, const std::string& grants) {
    PrivateDatabase& database = Database();
    static const bool made = (MakeKinds(database), true);
    (void)made;
    database.Run("CREATE USER '" + user + "'@'127.0.0.1' IDENTIFIED BY '" + kPassword + "'; " + grants);
    Target target = OrdersTarget();
    target.credential = std::make_shared<PasswordFile>(user, database.dir() + "/password");
    RelayOptions options = OptionsFor(gateway.address(), target);
    options.catalog.folder = database.dir();
    relay = StartRelay(options);
    catalog = Newer(0);
  }
  CatalogPtr Newer(uint64_t generation) {
    auto newer = catalogs.AwaitNewer("orders", generation, absl::Now() + absl::Seconds(30));
    INFO(newer.status());
    REQUIRE(newer.ok());
    return *newer;
  }
  CatalogPtr Refresh() {
    auto fresh = catalogs.AwaitFresh("orders", catalogs.Refresh("orders"), absl::Now() + absl::Seconds(30));
    INFO(fresh.status());
    REQUIRE(fresh.ok());
    return *fresh;
  }

  catalog::Catalogs catalogs{
      {"orders", "others"}, {}, [this](const std::string& name) { return gateway.relays().RefreshCatalog(name); }};
  Gateway gateway{0, &catalogs};
  std::unique_ptr<Relay> relay;
  CatalogPtr catalog;
};

std::map<std::string, sql::ColumnShape> ColumnsOf(const sql::RelationShape& relation) {
  std::map<std::string, sql::ColumnShape> columns;
  for (const sql::ColumnShape column : relation.columns) columns.emplace(column.name, column);
  return columns;
}

std::string AllRights(const std::string& user) {
  const std::string to = " TO '" + user + "'@'127.0.0.1';";
  return "GRANT SELECT, EXECUTE, SHOW VIEW, TRIGGER ON kinds.*" + to +
         (Database().is_mariadb() ? "GRANT SELECT ON mysql.proc" : "GRANT SHOW_ROUTINE ON *.*") + to;
}

TEST_CASE("a schema arrives with all that its relay may see") {
  Told told("all", AllRights("all"));
  const auto table = told.catalog->FindRelation("kinds", "t");
  REQUIRE(table.has_value());
  CHECK(table->kind == sql::RelationKind::kTable);
  CHECK((*table->columns.begin()).name == "id");
  const auto columns = ColumnsOf(*table);
  REQUIRE(columns.size() == 6);
  CHECK(columns.at("hid").invisible);
  CHECK_FALSE(columns.at("a").invisible);
  CHECK(columns.at("g").generated_from.find(R"('it\'s ')") != std::string_view::npos);
  CHECK(columns.at("v").generated_from.find("`id` + 1") != std::string_view::npos);
  CHECK(columns.at("ts").generated_from.empty());
  CHECK(table->triggers == std::vector<std::string_view>{"INSERT SET NEW.a = 'x'"});

  const auto view = told.catalog->FindRelation("kinds", "w");
  REQUIRE(view.has_value());
  CHECK(view->kind == sql::RelationKind::kView);
  CHECK(view->columns.size() == 2);
  CHECK(view->definition.find("from `kinds`.`t`") != std::string_view::npos);
  CHECK(view->definition.find("`kinds`.`t`.`a` AS `a`") != std::string_view::npos);

  using sql::RoutineKind;
  CHECK(told.catalog->FindRoutine(RoutineKind::kProcedure, "kinds", "P")->body == "SELECT * FROM t");
  CHECK(told.catalog->FindRoutine(RoutineKind::kFunction, "kinds", "f")->body == "RETURN (SELECT MAX(id) FROM t)");
  // Written under a mode in which its letters mean something else.
  CHECK(told.catalog->FindRoutine(RoutineKind::kProcedure, "kinds", "quoted")->body.empty());
  CHECK_FALSE(told.catalog->FindRoutine(RoutineKind::kFunction, "kinds", "p").has_value());
  CHECK(told.catalog->FindRelation("INFORMATION_SCHEMA", "columns").has_value());
  CHECK(told.catalog->HasSchema("kinds"));
  // It may not see this one at all.
  CHECK_FALSE(told.catalog->FindRelation("shop", "t").has_value());
  CHECK(told.catalog->server().version_number() > 80000);
  if (!Database().is_mariadb()) return;
  CHECK(told.catalog->FindRelation("kinds", "s")->kind == sql::RelationKind::kSequence);
  const auto versioned = told.catalog->FindRelation("kinds", "versioned");
  CHECK(versioned->columns.size() == 3);
  CHECK(ColumnsOf(*versioned).at("row_start").invisible);
  const auto named = told.catalog->FindRelation("kinds", "named");
  CHECK(named->columns.size() == 3);
  CHECK(ColumnsOf(*named).at("re").invisible);
  CHECK(ColumnsOf(*named).at("rs").generated_from.empty());
}

TEST_CASE("what a user may not see is there without its text, and triggers are not taken for absent") {
  Told told("little", "GRANT SELECT, EXECUTE ON kinds.* TO 'little'@'127.0.0.1'");
  CHECK(told.catalog->FindRelation("kinds", "t")->triggers == std::vector<std::string_view>{""});
  const auto view = told.catalog->FindRelation("kinds", "w");
  REQUIRE(view.has_value());
  CHECK(view->columns.size() == 2);
  CHECK(view->definition.empty());
  CHECK(told.catalog->FindRoutine(sql::RoutineKind::kProcedure, "kinds", "p")->body.empty());
  CHECK(told.catalog->FindRoutine(sql::RoutineKind::kFunction, "kinds", "f")->body.empty());
}

TEST_CASE("a change is there after a refresh, in a new generation; no change keeps the old one") {
  Told told("fresh", AllRights("fresh"));
  const uint64_t first = told.catalog->generation();
  CHECK(told.Refresh()->generation() == first);
  Database().Run("CREATE TABLE kinds.another (x INT)");
  const CatalogPtr changed = told.Refresh();
  CHECK(changed->generation() == first + 1);
  CHECK(changed->FindRelation("kinds", "another").has_value());
  CHECK_FALSE(told.catalog->FindRelation("kinds", "another").has_value());
  Database().Run("DROP TABLE kinds.another");
  CHECK_FALSE(told.Refresh()->FindRelation("kinds", "another").has_value());
  // No connection stays.
  Until(
      [] { return Database().Run("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'fresh'") == "0"; });
}

}  // namespace
}  // namespace postern::relay
