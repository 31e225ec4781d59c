#include "gateway/ctl/recorded_statements.h"

#include <absl/strings/escaping.h>
#include <absl/time/time.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "gateway/ctl/sql_json.h"

namespace postern::ctl {
namespace {

using nlohmann::ordered_json;

std::string TextOf(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Bytes as they were: beside text that is not UTF-8 stand its bytes.
std::string BytesOf(const ordered_json& object, const std::string& key) {
  const std::string encoded = TextOf(object, (key + "_base64").c_str());
  std::string bytes;
  if (!encoded.empty() && absl::Base64Unescape(encoded, &bytes)) return bytes;
  return TextOf(object, key.c_str());
}

absl::Time TimeOf(const ordered_json& record) {
  absl::Time time = absl::InfinitePast();
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, TextOf(record, "at"), &time, &error) ? time : absl::InfinitePast();
}

// The commands whose text is SQL; an execution is decided as its preparation was.
bool IsSql(std::string_view command) {
  return command == "COM_QUERY" || command == "COM_STMT_PREPARE" || command == "COM_STMT_EXECUTE";
}

}  // namespace

RecordedStatements::Session& RecordedStatements::Of(const std::string& session_id) {
  const auto [session, is_new] = sessions_.try_emplace(session_id);
  if (is_new) session->second.dialect = unknown_server_;
  return session->second;
}

bool RecordedStatements::AddLine(std::string_view line) {
  const ordered_json record = ordered_json::parse(line, nullptr, false);
  if (!record.is_object()) return false;
  Add(record);
  return true;
}

void RecordedStatements::Add(const ordered_json& record) {
  const std::string event = TextOf(record, "event");
  const auto body = record.find(event);
  if (body == record.end() || !body->is_object()) return;
  Session& session = Of(TextOf(record, "session_id"));
  if (event == "session_opened") AddOpened(*body, session);
  if (event == "door_opened") AddDoor(*body, session);
  if (event == "statement") AddStatement(record, *body);
}

void RecordedStatements::AddOpened(const ordered_json& event, Session& session) {
  session.facts.agent = TextOf(event, "agent");
  session.facts.target = TextOf(event, "target");
  const auto groups = event.find("groups");
  if (groups == event.end() || !groups->is_array()) return;
  for (const ordered_json& group : *groups) {
    if (group.is_string()) session.facts.groups.push_back(group.get<std::string>());
  }
}

void RecordedStatements::AddDoor(const ordered_json& event, Session& session) {
  const auto server = event.find("server");
  if (server == event.end() || !server->is_object()) return;
  const auto dialect = DialectFrom(TextOf(*server, "vendor"), TextOf(*server, "version"), TextOf(*server, "sql_mode"));
  if (dialect.ok()) session.dialect = *dialect;
  const auto fold = server->find("lower_case_table_names");
  if (fold != server->end() && fold->is_number_unsigned()) session.facts.lower_case_table_names = fold->get<int>();
}

void RecordedStatements::AddStatement(const ordered_json& record, const ordered_json& event) {
  const std::string command = TextOf(event, "command");
  const bool use_schema = command == "COM_INIT_DB";
  if (!use_schema && !IsSql(command)) return;
  RecordedStatement statement{.session_id = TextOf(record, "session_id"), .statement_id = TextOf(event, "statement_id")};
  statement.question.statement = BytesOf(event, "text");
  statement.question.use_schema = use_schema;
  statement.question.session.default_schema = TextOf(event, "schema");
  statement.question.session.now = TimeOf(record);
  if (!statement.question.statement.empty()) statements_.push_back(std::move(statement));
}

// A door may open after the first statements.
std::vector<RecordedStatement> RecordedStatements::Take() {
  for (RecordedStatement& statement : statements_) {
    const Session& session = Of(statement.session_id);
    policy::SessionFacts facts = session.facts;
    facts.default_schema = std::move(statement.question.session.default_schema);
    facts.now = statement.question.session.now;
    facts.sql_mode = session.dialect.mode;
    facts.can_undo = true;  // not recorded: what only the lack of a transaction would refuse counts as let
    statement.question.session = std::move(facts);
    statement.question.dialect = session.dialect;
  }
  return std::move(statements_);
}

}  // namespace postern::ctl
