#include <absl/strings/numbers.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "common/text/utf8.h"
#include "gateway/ctl/export.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

using nlohmann::ordered_json;

constexpr int kClass = 6005;

struct Activity {
  int id;
  std::string name;
};

Activity ActivityOf(const std::string& verb) {
  for (const char* read : {"select", "show", "explain", "describe", "table", "values", "help"}) {
    if (verb == read) return {4, "Query"};
  }
  if (verb == "update") return {2, "Update"};
  if (verb == "insert" || verb == "replace" || verb.starts_with("load")) return {5, "Write"};
  if (verb == "delete" || verb.starts_with("truncate") || verb.starts_with("drop")) return {7, "Delete"};
  if (verb.starts_with("create")) return {6, "Create"};
  return {99, verb};
}

// "203.0.113.7:51812", "[2001:db8::1]:51812".
ordered_json Endpoint(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) return {{"name", text::ValidUtf8(address)}};
  std::string ip = address.substr(0, colon);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  return {{"ip", text::ValidUtf8(ip)}, {"port", port}};
}

ordered_json Event(const Activity& activity, const v1::SessionOpened& session, const v1::Record& record, const std::string& uid) {
  return {{"activity_id", activity.id},
          {"activity_name", activity.name},
          {"category_uid", 6},
          {"category_name", "Application Activity"},
          {"class_uid", kClass},
          {"class_name", "Datastore Activity"},
          {"type_uid", kClass * 100 + activity.id},
          {"time", record.at_unix_us() / 1000},
          {"metadata",
           {{"version", "1.3.0"},
            {"product", {{"name", "Postern"}, {"vendor_name", "Postern"}, {"version", POSTERN_VERSION}}},
            {"uid", uid},
            {"correlation_uid", record.session_id()}}},
          {"actor", {{"user", {{"name", session.agent()}}}, {"session", {{"uid", record.session_id()}}}}},
          {"src_endpoint", Endpoint(session.client_address())},
          {"dst_endpoint", {{"name", session.target()}}}};
}

void AddStatus(ordered_json& event, bool succeeded) {
  event["severity_id"] = succeeded ? 1 : 2;
  event["severity"] = succeeded ? "Informational" : "Low";
  event["status_id"] = succeeded ? 1 : 2;
  event["status"] = succeeded ? "Success" : "Failure";
}

class Ocsf final : public StatementExporter {
 public:
  explicit Ocsf(std::ostream& out) : out_(out) {}

 protected:
  void AddSession(const v1::Record& record) override {
    const v1::SessionOpened& session = record.session_opened();
    ordered_json event = Event({3, "Connect"}, session, record, record.session_id());
    AddStatus(event, true);
    event["type_id"] = 1;
    event["type"] = "Database";
    event["database"] = {{"name", session.schema().empty() ? session.target() : session.schema()}};
    event["unmapped"] = {{"task_id", record.task_id()}};
    out_ << Line(event) << '\n';
  }

  void AddRow(const StatementRow& row) override {
    const v1::Statement& statement = row.record.statement();
    ordered_json event = Event(ActivityOf(statement.verb()), row.session, row.record, statement.statement_id());
    const bool refused = statement.decision() == v1::Statement::DECISION_DENY;
    AddStatus(event, row.outcome == nullptr ? !refused : row.outcome->result() == v1::Outcome::RESULT_OK);
    AddOutcome(event, row.outcome);
    const bool on_table = !statement.objects().empty();
    event["type_id"] = on_table ? 3 : 1;
    event["type"] = on_table ? "Table" : "Database";
    event["database"] = {{"name", statement.schema().empty() ? row.session.target() : statement.schema()}};
    if (on_table) event["table"] = {{"name", statement.objects(0)}};
    event["query_info"] = {{"uid", statement.statement_id()}, {"query_string", text::ValidUtf8(statement.text())}};
    event["unmapped"] = {{"task_id", row.record.task_id()},        {"command", statement.command()},
                         {"objects", statement.objects()},         {"decision", Word(statement.decision())},
                         {"rule", statement.rule()},               {"reason", statement.reason()},
                         {"policy_version", statement.policy_version()}, {"digest", statement.digest()}};
    out_ << Line(event) << '\n';
  }

 private:
  static void AddOutcome(ordered_json& event, const v1::Outcome* outcome) {
    if (outcome == nullptr) return;
    event["duration"] = outcome->total_us() / 1000;
    event["count"] = 1;
    if (outcome->error_code() != 0) event["status_code"] = std::to_string(outcome->error_code());
    if (!outcome->error().empty()) event["status_detail"] = outcome->error();
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<Exporter> ExportOcsf(std::ostream& out) { return std::make_unique<Ocsf>(out); }

}  // namespace postern::ctl
