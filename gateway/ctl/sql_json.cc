#include "gateway/ctl/sql_json.h"

#include <nlohmann/json.hpp>

#include "common/sql/print.h"
#include "common/sql/read.h"
#include "common/text/utf8.h"

namespace postern::ctl {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVendor = "mysql";
constexpr std::string_view kVersion = "8.0.40";

// What stands outside schemas has none, whatever the default.
bool LivesInSchema(sql::ObjectKind kind) {
  switch (kind) {
    case sql::ObjectKind::kTable:
    case sql::ObjectKind::kView:
    case sql::ObjectKind::kIndex:
    case sql::ObjectKind::kProcedure:
    case sql::ObjectKind::kFunction:
    case sql::ObjectKind::kTrigger:
    case sql::ObjectKind::kEvent:
    case sql::ObjectKind::kSequence:
    case sql::ObjectKind::kPackage:
    case sql::ObjectKind::kLibrary: return true;
    case sql::ObjectKind::kSchema:
    case sql::ObjectKind::kUser:
    case sql::ObjectKind::kRole:
    case sql::ObjectKind::kServer:
    case sql::ObjectKind::kTablespace:
    case sql::ObjectKind::kLogfileGroup:
    case sql::ObjectKind::kResourceGroup:
    case sql::ObjectKind::kSpatialReferenceSystem:
    case sql::ObjectKind::kPlugin:
    case sql::ObjectKind::kComponent:
    case sql::ObjectKind::kFile:
    case sql::ObjectKind::kPreparedStatement:
    case sql::ObjectKind::kVariable: return false;
  }
  return false;
}

std::string Or(const std::string& schema, std::string_view fallback) {
  return schema.empty() ? std::string(fallback) : schema;
}

Json ColumnJson(const sql::ColumnRef& column, std::string_view schema) {
  return {{"schema", text::ValidUtf8(column.table.empty() ? column.schema : Or(column.schema, schema))},
          {"table", text::ValidUtf8(column.table)},
          {"name", text::ValidUtf8(column.name)},
          {"exact", column.exact}};
}

Json FlagsJson(const sql::Facts& f) {
  Json flags = Json::array();
  const auto add = [&](bool set, const char* name) {
    if (set) flags.push_back(name);
  };
  add(f.has_where, "where");
  add(f.constant_true_where, "constant_true_where");
  add(f.has_limit, "limit");
  add(f.into_outfile, "into_outfile");
  add(f.into_dumpfile, "into_dumpfile");
  add(f.into_variable, "into_variable");
  add(f.locking_read, "locking_read");
  add(f.implicit_commit, "implicit_commit");
  add(f.dynamic_sql, "dynamic_sql");
  add(f.multi_table, "multi_table");
  add(f.local_file, "local_file");
  add(f.temporary, "temporary");
  add(f.executes_nested, "executes_nested");
  add(f.columns_cut, "columns_cut");
  add(f.plan_hint, "plan_hint");
  add(f.session.harmless_startup, "harmless_startup");
  add(f.session.moves_pinned_state, "moves_pinned_state");
  return flags;
}

void AddUses(const sql::Facts& facts, std::string_view schema, Json& json) {
  json["objects"] = Json::array();
  for (const sql::ObjectUse& use : facts.objects) {
    const std::string owner = LivesInSchema(use.kind) ? Or(use.schema, schema) : use.schema;
    const std::string name = use.kind == sql::ObjectKind::kSchema ? Or(use.name, schema) : use.name;
    json["objects"].push_back({{"kind", sql::ObjectKindName(use.kind)},
                               {"schema", text::ValidUtf8(owner)},
                               {"name", text::ValidUtf8(name)},
                               {"access", sql::AccessName(use.access)}});
  }
  json["columns"] = Json::array();
  for (const sql::ColumnUse& use : facts.columns) {
    Json column = ColumnJson(use.column, schema);
    column["role"] = sql::ColumnRoleName(use.role);
    json["columns"].push_back(std::move(column));
  }
  json["outputs"] = Json::array();
  for (const sql::OutputColumn& output : facts.outputs) {
    Json sources = Json::array();
    for (const sql::ColumnSource& source : output.sources) sources.push_back(ColumnJson(source.column, schema));
    json["outputs"].push_back({{"name", text::ValidUtf8(output.name)}, {"computed", output.computed}, {"sources", sources}});
  }
  json["functions"] = Json::array();
  for (const sql::FunctionUse& use : facts.functions) {
    json["functions"].push_back({{"schema", text::ValidUtf8(use.schema)},
                                 {"name", text::ValidUtf8(use.name)},
                                 {"class", sql::FunctionClassName(use.cls)},
                                 {"aggregate", use.aggregate},
                                 {"window", use.window}});
  }
  json["variables"] = Json::array();
  for (const sql::VariableUse& use : facts.variables) {
    json["variables"].push_back({{"scope", sql::VariableScopeName(use.scope)},
                                 {"name", text::ValidUtf8(use.name)},
                                 {"set", use.set},
                                 {"value", use.value ? Json(text::ValidUtf8(*use.value)) : Json(nullptr)}});
  }
}

Json Refusal(std::string_view reason, const std::string& error, size_t offset) {
  return {{"ok", false}, {"error", text::ValidUtf8(error)}, {"offset", offset}, {"reason", reason}};
}

std::string TextOf(const Json& request, const char* key, std::string_view fallback) {
  const auto found = request.find(key);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string(fallback);
}

}  // namespace

std::optional<int> VersionNumber(std::string_view text) {
  int parts[3] = {0, 0, 0};
  size_t part = 0;
  bool digit = false;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      parts[part] = parts[part] * 10 + (c - '0');
      digit = true;
      if (parts[part] > 999) return std::nullopt;
    } else if (c == '.' && digit && part < 2) {
      ++part;
      digit = false;
    } else if (c == '-' && digit && part == 2) {
      break;
    } else {
      return std::nullopt;
    }
  }
  if (!digit || parts[1] > 99 || parts[2] > 99) return std::nullopt;
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

absl::StatusOr<sql::Dialect> DialectFrom(std::string_view vendor, std::string_view version, std::string_view sql_mode) {
  sql::Dialect dialect;
  if (vendor != "mysql" && vendor != "mariadb") return absl::InvalidArgumentError("a vendor is mysql or mariadb");
  dialect.vendor = vendor == "mysql" ? sql::Vendor::kMySql : sql::Vendor::kMariaDb;
  const auto number = VersionNumber(version);
  const auto mode = sql::ParseSqlMode(sql_mode);
  if (!number) return absl::InvalidArgumentError("a server's version looks like 9.7.4");
  if (!mode) return absl::InvalidArgumentError("that sql_mode has a mode nobody knows");
  dialect.version = *number;
  dialect.mode = *mode;
  return dialect;
}

Json FactsJson(std::string_view statement, const sql::Dialect& dialect, std::string_view schema) {
  const sql::Reading reading = sql::Read(statement, dialect);
  if (!reading.ok()) {
    return Refusal(sql::ParseErrorKindName(reading.error->kind), reading.error->ToString(), reading.error->offset);
  }
  const sql::Facts& facts = reading.facts;
  Json json = {{"ok", true},
               {"kind", sql::VerbName(facts.verb)},
               {"verb", sql::VerbWord(facts.verb)},
               {"group", sql::GroupName(facts.group)},
               {"detail", facts.detail},
               {"nested", facts.nested ? Json(sql::VerbName(*facts.nested)) : Json(nullptr)}};
  AddUses(facts, schema, json);
  json["flags"] = FlagsJson(facts);
  json["parameters"] = facts.parameters;
  json["text"] = text::ValidUtf8(std::string(reading.canonical.view()));
  const sql::Digest digest = sql::DigestOf(reading.canonical.view(), dialect);
  json["digest"] = text::ValidUtf8(digest.text);
  json["fingerprint"] = digest.fingerprint;
  return json;
}

Json PrintedJson(std::string_view statement, const sql::Dialect& dialect) {
  const sql::Printed printed = sql::Print(statement, dialect);
  if (printed.ok()) return {{"ok", true}, {"text", text::ValidUtf8(printed.text)}};
  return Refusal(sql::ParseErrorKindName(printed.error->kind), printed.error->ToString(), printed.error->offset);
}

Json AnswerLine(std::string_view line) {
  const Json request = Json::parse(line, nullptr, false);
  if (!request.is_object() || !request.contains("sql") || !request["sql"].is_string()) {
    return Refusal("request", "not a JSON object with a \"sql\" string", 0);
  }
  const auto dialect = DialectFrom(TextOf(request, "vendor", kVendor), TextOf(request, "version", kVersion),
                                   TextOf(request, "sql_mode", ""));
  if (!dialect.ok()) return Refusal("request", std::string(dialect.status().message()), 0);
  return FactsJson(request["sql"].get<std::string>(), *dialect, TextOf(request, "schema", ""));
}

}  // namespace postern::ctl
