// A schema for tests of lineage: a shop whose customers have an e-mail address and a card number.
#ifndef POSTERN_TESTS_UNIT_COMMON_SQL_FAKE_SCHEMA_H_
#define POSTERN_TESTS_UNIT_COMMON_SQL_FAKE_SCHEMA_H_

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/sql/schema.h"

namespace postern::sql {

class FakeSchema : public Schema {
 public:
  struct Table {
    std::string schema, name;
    std::string packed;
    size_t columns = 0;
    std::string view;
    std::vector<std::string> triggers;
  };

  FakeSchema() {
    AddTable("shop", "customers", {{"id"}, {"name"}, {"email"}, {"card"}, {"hidden", true}, {"domain", false, "substr(`email`,3)"}});
    AddTable("shop", "orders", {{"id"}, {"customer_id"}, {"status"}, {"total"}});
    AddTable("shop", "notes", {{"id"}, {"text"}});
    AddTable("shop", "email", {{"id"}, {"value"}});
    AddView("shop", "people", {{"who"}, {"mail"}}, "select `shop`.`customers`.`name` AS `who`,`shop`.`customers`.`email` AS `mail` from `shop`.`customers` where `shop`.`customers`.`card` like '4%'");
    AddView("shop", "loud", {{"mail"}}, "select ucase(`p`.`mail`) AS `mail` from `shop`.`people` `p`");
    AddView("shop", "closed", {{"x"}}, "");
    AddView("shop", "plain", {{"id"}}, "select `shop`.`orders`.`id` AS `id` from `shop`.`orders` where `shop`.`orders`.`status` = 'new'");
    AddTable("shop", "secrets", {{"id"}, {"token"}});
    AddView("shop", "tokens", {{"u"}}, "select `shop`.`secrets`.`token` AS `u` from `shop`.`secrets`");
    AddView("shop", "mixed", {{"u"}}, "select `shop`.`secrets`.`token` AS `u` from `shop`.`secrets` union all select `shop`.`customers`.`name` from `shop`.`customers`");
    AddTable("shop", "kept", {{"id"}, {"open"}, {"secret"}});
    AddView("shop", "kept_open", {{"id"}, {"open"}}, "select `shop`.`kept`.`id` AS `id`,`shop`.`kept`.`open` AS `open` from `shop`.`kept`");
    AddView("shop", "logged", {{"id"}}, "select `shop`.`customers`.`id` AS `id` from `shop`.`customers` where `shop`.`keep`(`shop`.`customers`.`email`)");
    AddView("shop", "twiced", {{"id"}}, "select `shop`.`customers`.`id` AS `id` from `shop`.`customers` where `shop`.`twice`(`shop`.`customers`.`card`) > 1");
    functions["shop.keep"] = "BEGIN SET @leak = p; RETURN 1; END";
    functions["shop.keep_via"] = "RETURN keep(p)";
    functions["shop.ping"] = "BEGIN RETURN pong(n); END";
    functions["shop.pong"] = "BEGIN RETURN ping(n) + ping(n) + ping(n); END";
    procedures["shop.swap"] = "BEGIN RENAME TABLE people TO p2, plain TO people; SELECT who FROM people; END";
    procedures["shop.note"] = "INSERT INTO notes (text) VALUES (t)";
    AddTable("shop", "watched", {{"id"}, {"text"}})->triggers = {"INSERT INSERT INTO shop.notes SELECT id, email FROM shop.customers WHERE id = NEW.id"};
    functions["shop.mail_of"] = "BEGIN DECLARE m TEXT; SELECT email INTO m FROM shop.customers WHERE id = who; RETURN m; END";
    functions["shop.twice"] = "RETURN n * 2";
    procedures["shop.show_all"] = "SELECT * FROM customers";
  }

  Table* AddTable(std::string schema, std::string name, const std::vector<ColumnShape>& columns) {
    Table& table = tables.emplace_back(Table{std::move(schema), std::move(name), {}, columns.size(), {}, {}});
    for (const ColumnShape& column : columns) ColumnList::Pack(column, table.packed);
    return &table;
  }
  void AddView(std::string schema, std::string name, const std::vector<ColumnShape>& columns, std::string definition) {
    Table* view = AddTable(std::move(schema), std::move(name), columns);
    view->view = std::move(definition);
    views.push_back(view);
  }

  std::optional<RelationShape> FindRelation(std::string_view schema, std::string_view name) const override {
    for (const Table& table : tables) {
      if (table.schema != schema || table.name != name) continue;
      RelationShape shape{RelationKind::kTable, table.schema, table.name, {table.packed, table.columns}, table.view, {}};
      for (const Table* view : views) {
        if (view == &table) shape.kind = RelationKind::kView;
      }
      for (const std::string& trigger : table.triggers) shape.triggers.push_back(trigger);
      return shape;
    }
    return std::nullopt;
  }
  std::optional<RoutineShape> FindRoutine(RoutineKind kind, std::string_view schema, std::string_view name) const override {
    const auto& routines = kind == RoutineKind::kFunction ? functions : procedures;
    const auto found = routines.find(std::string(schema) + "." + std::string(name));
    if (found == routines.end()) return std::nullopt;
    const std::string_view key = found->first;
    return RoutineShape{key.substr(0, schema.size()), key.substr(schema.size() + 1), found->second};
  }

  std::deque<Table> tables;
  std::vector<const Table*> views;
  std::map<std::string, std::string> functions, procedures;
};

}  // namespace postern::sql

#endif  // POSTERN_TESTS_UNIT_COMMON_SQL_FAKE_SCHEMA_H_
