#include "gateway/ctl/export.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::ctl {
namespace {

v1::Record Of(const std::string& session, int64_t at_ms) {
  v1::Record record;
  record.set_at_unix_us(at_ms * 1000);
  record.set_session_id(session);
  record.set_task_id("tsk_1");
  return record;
}

// One session: a read that worked, and a drop that was refused and has no outcome.
std::vector<v1::Record> Session(const std::string& text = "SELECT 1\nFROM orders") {
  v1::Record opened = Of("ses_1", 1000);
  opened.mutable_session_opened()->set_agent("bot");
  opened.mutable_session_opened()->set_target("shop");
  opened.mutable_session_opened()->set_client_address("203.0.113.7:51812");
  v1::Record read = Of("ses_1", 2000);
  read.mutable_statement()->set_statement_id("stm_1");
  read.mutable_statement()->set_verb("select");
  read.mutable_statement()->add_objects("shop.orders");
  read.mutable_statement()->set_text(text);
  read.mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW);
  v1::Record drop = Of("ses_1", 3000);
  drop.mutable_statement()->set_statement_id("stm_2");
  drop.mutable_statement()->set_verb("drop_table");
  drop.mutable_statement()->set_text("DROP TABLE orders");
  drop.mutable_statement()->set_decision(v1::Statement::DECISION_DENY);
  v1::Record outcome = Of("ses_1", 2500);
  outcome.mutable_outcome()->set_statement_id("stm_1");
  outcome.mutable_outcome()->set_result(v1::Outcome::RESULT_OK);
  outcome.mutable_outcome()->set_rows(3);
  outcome.mutable_outcome()->set_total_us(7000);
  return {opened, read, outcome, drop};
}

std::vector<std::string> Lines(std::unique_ptr<Exporter> (*make)(std::ostream&), const std::vector<v1::Record>& records) {
  std::stringstream text;
  const auto exporter = make(text);
  for (const v1::Record& record : records) exporter->Add(record);
  exporter->Finish();
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("CSV has a line for each statement, with its outcome if there is one") {
  const auto lines = Lines(ExportCsv, Session());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("\"at\",\"session_id\",\"task_id\",\"agent\""));
  CHECK(lines[1].find("\"ses_1\",\"tsk_1\",\"bot\",\"shop\"") != std::string::npos);
  CHECK(lines[1].find("\"ok\",\"3\"") != std::string::npos);
  CHECK(lines[1].ends_with("\"SELECT 1 FROM orders\"\r"));
  CHECK(lines[2].find("\"drop_table\"") != std::string::npos);
}

TEST_CASE("no cell is a formula, ends its line, or steers a terminal") {
  CHECK(CsvCell("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
  for (const char* text : {"+1", "-1", "@SUM(A1)", "\t=1", " =1", "\n=1", "|calc", "%0"}) {
    INFO(text);
    const std::string cell = CsvCell(text);
    CHECK(cell.find_first_of("\t\r\n") == std::string::npos);
    CHECK(cell.find('\'') == 1);
  }
  CHECK(CsvCell("\r=1") == "\"\\x0d=1\"");
  CHECK(CsvCell("a\x1b[2Jb").find('\x1b') == std::string::npos);
  CHECK(CsvCell("a=b") == "\"a=b\"");
  CHECK(CsvCell("") == "\"\"");
}

TEST_CASE("OCSF has a Datastore Activity for the login and for each statement") {
  const auto lines = Lines(ExportOcsf, Session("SELECT '\xFF\x1b'"));
  REQUIRE(lines.size() == 3);
  std::vector<nlohmann::json> events;
  for (const std::string& line : lines) events.push_back(nlohmann::json::parse(line));
  for (const auto& event : events) {
    CHECK(event["class_uid"] == 6005);
    CHECK(event["category_uid"] == 6);
    CHECK(event["type_uid"] == 600500 + event["activity_id"].get<int>());
    CHECK(event["metadata"]["version"] == "1.3.0");
    CHECK(event["actor"]["user"]["name"] == "bot");
    CHECK(event["src_endpoint"]["ip"] == "203.0.113.7");
    CHECK(event["src_endpoint"]["port"] == 51812);
    CHECK(event.contains("database"));
    CHECK(event.contains("severity_id"));
  }
  CHECK(events[0]["activity_name"] == "Connect");
  CHECK(events[1]["activity_id"] == 4);
  CHECK(events[1]["time"] == 2000);
  CHECK(events[1]["status"] == "Success");
  CHECK(events[1]["duration"] == 7);
  CHECK(events[1]["table"]["name"] == "shop.orders");
  CHECK(events[1]["query_info"]["query_string"] == "SELECT '\\xff\x1b'");
  CHECK(events[2]["activity_name"] == "Delete");
  CHECK(events[2]["status"] == "Failure");
}

TEST_CASE("JSON Lines have every record") {
  const auto lines = Lines(ExportJsonl, Session());
  REQUIRE(lines.size() == 4);
  CHECK(nlohmann::json::parse(lines[0])["event"] == "session_opened");
}

}  // namespace
}  // namespace postern::ctl
