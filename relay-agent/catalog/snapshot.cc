#include "relay-agent/catalog/snapshot.h"

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <array>
#include <utility>

#include "relay-agent/catalog/trigger_rights.h"
#include "relay-agent/mysql/pinned_session.h"

namespace postern::relay {
namespace {

using Fields = SecondConnection::Fields;

// Bytes of one message's columns before the last one, and of one piece of a text: well under the 20 KiB an item may
// have.
constexpr size_t kPieceBytes = 8 * 1024;
// A longer expression would not fit beside them.
constexpr size_t kExpressionBytes = 8 * 1024;

std::string Text(const Fields& row, size_t field) { return std::string(row[field].value_or("")); }

// A text of the server's, or NULL where it is longer than may be sent.
std::string Capped(const char* column, size_t bytes) {
  return absl::StrCat("IF(LENGTH(", column, ") > ", bytes, ", NULL, ", column, ")");
}

// The collations of information_schema do not tell all names apart.
std::string InOrderOf(std::initializer_list<const char*> columns) {
  std::string order = " ORDER BY ";
  for (const char* column : columns) absl::StrAppend(&order, "CAST(", column, " AS BINARY), ");
  order.resize(order.size() - 2);
  return order;
}

v1::CatalogRelation::Kind KindOf(std::string_view type) {
  // What is none of these has no kind, and the gateway leaves it out.
  constexpr std::array<std::pair<std::string_view, v1::CatalogRelation::Kind>, 5> kKinds = {{
      {"BASE TABLE", v1::CatalogRelation::KIND_TABLE},
      {"SYSTEM VIEW", v1::CatalogRelation::KIND_TABLE},
      {"VIEW", v1::CatalogRelation::KIND_VIEW},
      {"SEQUENCE", v1::CatalogRelation::KIND_SEQUENCE},
      {"SYSTEM VERSIONED", v1::CatalogRelation::KIND_VERSIONED_TABLE},
  }};
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& kind) { return kind.first == type; });
  return found == kKinds.end() ? v1::CatalogRelation::KIND_UNSPECIFIED : found->second;
}

class Reading {
 public:
  Reading(SecondConnection& connection, const SnapshotLimits& limits, SnapshotFile& file)
      : connection_(connection), limits_(limits), file_(file) {}

  absl::Status Server();
  absl::Status Schemas();
  absl::Status Relations();
  absl::Status Columns();
  absl::Status Views();
  absl::Status Triggers();
  absl::Status Routines();

 private:
  absl::Status AddColumn(const Fields& row);
  absl::Status FlushColumns();
  absl::Status AddText(v1::CatalogText text, std::string_view whole);

  SecondConnection& connection_;
  const SnapshotLimits& limits_;
  SnapshotFile& file_;
  v1::CatalogItem columns_;  // that wait for more of the same relation
  size_t columns_bytes_ = 0;
};

absl::Status Reading::Server() {
  // Quoting in what the server prints follows the reading session's mode.
  if (absl::Status set = connection_.Execute("SET SESSION sql_mode = '', SESSION lock_wait_timeout = 10"); !set.ok())
    return set;
  const auto facts = connection_.Query("SELECT @@version, @@global.sql_mode, @@lower_case_table_names");
  if (!facts.ok()) return facts.status();
  uint32_t lower_case = 0;
  if (facts->size() != 1 || !absl::SimpleAtoi((*facts)[0][2].value_or(""), &lower_case)) {
    return absl::UnavailableError("the database does not say what it is");
  }
  v1::CatalogItem item;
  SetVersion((*facts)[0][0].value_or(""), *item.mutable_server());
  item.mutable_server()->set_sql_mode((*facts)[0][1].value_or(""));
  item.mutable_server()->set_lower_case_table_names(lower_case);
  return file_.Add(std::move(item));
}

absl::Status Reading::Schemas() {
  return connection_.Stream("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA" + InOrderOf({"SCHEMA_NAME"}),
                            [&](const Fields& row) {
                              v1::CatalogItem item;
                              item.mutable_schema()->set_name(Text(row, 0));
                              return file_.Add(std::move(item));
                            });
}

// No column with statistics: those would open every table, or give numbers as old as information_schema_stats_expiry
// lets.
absl::Status Reading::Relations() {
  const absl::StatusOr<TriggerRights> rights = TriggerRights::Read(connection_);
  if (!rights.ok()) return rights.status();
  return connection_.Stream(
      "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES" +
          InOrderOf({"TABLE_SCHEMA", "TABLE_NAME"}),
      [&](const Fields& row) {
        v1::CatalogItem item;
        v1::CatalogRelation& relation = *item.mutable_relation();
        relation.set_schema(Text(row, 0));
        relation.set_name(Text(row, 1));
        relation.set_kind(KindOf(row[2].value_or("")));
        const bool may_have = row[2] == "BASE TABLE" || row[2] == "SYSTEM VERSIONED";
        relation.set_triggers_hidden(may_have && !rights->Cover(relation.schema(), relation.name()));
        return file_.Add(std::move(item));
      });
}

absl::Status Reading::Columns() {
  const std::string expression = Capped("GENERATION_EXPRESSION", std::min(limits_.definition_bytes, kExpressionBytes));
  absl::Status read = connection_.Stream(
      "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, LEFT(COLUMN_TYPE, 256), EXTRA, " + expression +
          " FROM information_schema.COLUMNS" + InOrderOf({"TABLE_SCHEMA", "TABLE_NAME"}) + ", ORDINAL_POSITION",
      [&](const Fields& row) { return AddColumn(row); });
  return read.ok() ? FlushColumns() : read;
}

absl::Status Reading::AddColumn(const Fields& row) {
  v1::CatalogColumns& open = *columns_.mutable_columns();
  if (open.schema() != row[0] || open.relation() != row[1] || columns_bytes_ > kPieceBytes) {
    if (absl::Status flushed = FlushColumns(); !flushed.ok()) return flushed;
    columns_.mutable_columns()->set_schema(Text(row, 0));
    columns_.mutable_columns()->set_relation(Text(row, 1));
  }
  v1::CatalogColumn& column = *columns_.mutable_columns()->add_columns();
  const std::string_view extra = row[4].value_or("");
  const std::string_view expression = row[5].value_or("");
  for (size_t field = 2; field < row.size(); ++field) columns_bytes_ += row[field].value_or("").size() + 4;
  column.set_name(Text(row, 2));
  column.set_type(Text(row, 3));
  column.set_invisible(extra.find("INVISIBLE") != std::string_view::npos);
  column.set_period(expression == "ROW START" || expression == "ROW END");
  const bool generated = extra.find("VIRTUAL GENERATED") != std::string_view::npos ||
                         extra.find("STORED GENERATED") != std::string_view::npos || !expression.empty();
  if (!generated || column.period()) return absl::OkStatus();
  column.set_expression(PlainExpression(expression));
  column.set_expression_hidden(expression.empty());
  return absl::OkStatus();
}

absl::Status Reading::FlushColumns() {
  v1::CatalogItem item = std::exchange(columns_, v1::CatalogItem());
  columns_bytes_ = 0;
  return item.columns().columns_size() == 0 ? absl::OkStatus() : file_.Add(std::move(item));
}

absl::Status Reading::AddText(v1::CatalogText text, std::string_view whole) {
  do {
    const std::string_view piece = whole.substr(0, kPieceBytes);
    whole.remove_prefix(piece.size());
    v1::CatalogItem item;
    *item.mutable_text() = text;
    item.mutable_text()->set_text(std::string(piece));
    item.mutable_text()->set_more(!whole.empty());
    if (absl::Status added = file_.Add(std::move(item)); !added.ok()) return added;
  } while (!whole.empty());
  return absl::OkStatus();
}

v1::CatalogText TextOf(v1::CatalogText::Of of, const Fields& row) {
  v1::CatalogText text;
  text.set_of(of);
  text.set_schema(Text(row, 0));
  text.set_name(Text(row, 1));
  return text;
}

absl::Status Reading::Views() {
  return connection_.Stream(
      "SELECT TABLE_SCHEMA, TABLE_NAME, " + Capped("VIEW_DEFINITION", limits_.definition_bytes) +
          " FROM information_schema.VIEWS" + InOrderOf({"TABLE_SCHEMA", "TABLE_NAME"}),
      [&](const Fields& row) { return AddText(TextOf(v1::CatalogText::OF_VIEW, row), row[2].value_or("")); });
}

absl::Status Reading::Triggers() {
  return connection_.Stream(
      "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, " + Capped("ACTION_STATEMENT", limits_.definition_bytes) +
          ", SQL_MODE, EVENT_MANIPULATION FROM information_schema.TRIGGERS" +
          InOrderOf({"EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE", "TRIGGER_NAME"}),
      [&](const Fields& row) {
        const bool usable = ReadsTheSame(row[3].value_or("?"));
        const std::string body = usable ? Text(row, 2) : "";
        return AddText(TextOf(v1::CatalogText::OF_TRIGGER, row), body.empty() ? body : absl::StrCat(Text(row, 4), " ", body));
      });
}

absl::Status Reading::Routines() {
  return connection_.Stream(
      "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, " + Capped("ROUTINE_DEFINITION", limits_.definition_bytes) +
          ", SQL_MODE, ROUTINE_TYPE, ROUTINE_BODY FROM information_schema.ROUTINES"
          " WHERE ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE')" +
          InOrderOf({"ROUTINE_SCHEMA", "ROUTINE_TYPE", "ROUTINE_NAME"}),
      [&](const Fields& row) {
        const bool usable = row[5] == "SQL" && ReadsTheSame(row[3].value_or("?"));
        const auto of = row[4] == "FUNCTION" ? v1::CatalogText::OF_FUNCTION : v1::CatalogText::OF_PROCEDURE;
        return AddText(TextOf(of, row), usable ? row[2].value_or("") : "");
      });
}

}  // namespace

absl::Status ReadSnapshot(SecondConnection& connection, const SnapshotLimits& limits, SnapshotFile& file) {
  Reading reading(connection, limits, file);
  for (const auto part : {&Reading::Server, &Reading::Schemas, &Reading::Relations, &Reading::Columns, &Reading::Views,
                          &Reading::Triggers, &Reading::Routines}) {
    if (absl::Status read = (reading.*part)(); !read.ok()) return read;
  }
  return absl::OkStatus();
}

std::string PlainExpression(std::string_view expression) {
  const size_t quote = expression.find('\'');
  // A quote that opens a string has no backslash before it, unless each has one.
  if (quote == std::string_view::npos || quote == 0 || expression[quote - 1] != '\\') return std::string(expression);
  std::string plain;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\' && i + 1 < expression.size()) ++i;
    plain += expression[i];
  }
  return plain;
}

bool ReadsTheSame(std::string_view sql_mode) {
  // The modes that do not touch how text is read; whatever is not among them might.
  constexpr std::array<std::string_view, 18> kHarmless = {
      "ALLOW_INVALID_DATES",   "EMPTY_STRING_IS_NULL",   "ERROR_FOR_DIVISION_BY_ZERO", "NO_AUTO_CREATE_USER",
      "NO_AUTO_VALUE_ON_ZERO", "NO_DIR_IN_CREATE",       "NO_ENGINE_SUBSTITUTION",     "NO_UNSIGNED_SUBTRACTION",
      "NO_ZERO_DATE",          "NO_ZERO_IN_DATE",        "ONLY_FULL_GROUP_BY",         "PAD_CHAR_TO_FULL_LENGTH",
      "STRICT_ALL_TABLES",     "STRICT_TRANS_TABLES",    "TIME_ROUND_FRACTIONAL",      "TIME_TRUNCATE_FRACTIONAL",
      "TRADITIONAL",           "SIMULTANEOUS_ASSIGNMENT"};
  if (sql_mode.empty()) return true;
  for (const absl::string_view mode : absl::StrSplit(absl::string_view(sql_mode.data(), sql_mode.size()), ',')) {
    const std::string_view name(mode.data(), mode.size());
    if (std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end()) return false;
  }
  return true;
}

}  // namespace postern::relay
