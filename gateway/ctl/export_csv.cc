#include <array>
#include <ostream>
#include <vector>

#include "gateway/ctl/export.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr std::array kHead = {"at",       "session_id", "task_id", "agent",  "target",        "client_address", "statement_id",
                              "command",  "verb",       "objects", "schema", "decision",      "rule",           "reason",
                              "result",   "rows",       "affected_rows",     "error_code",    "error",          "held_us",
                              "total_us", "text"};

class Csv final : public StatementExporter {
 public:
  explicit Csv(std::ostream& out) : out_(out) { WriteLine({kHead.begin(), kHead.end()}); }

 protected:
  void AddRow(const StatementRow& row) override {
    const v1::Statement& statement = row.record.statement();
    std::vector<std::string> cells = {IsoMicros(row.record.at_unix_us()),
                                      row.record.session_id(),
                                      row.record.task_id(),
                                      row.session.agent(),
                                      row.session.target(),
                                      row.session.client_address(),
                                      statement.statement_id(),
                                      statement.command(),
                                      statement.verb(),
                                      Joined(statement.objects()),
                                      statement.schema(),
                                      Word(statement.decision()),
                                      statement.rule(),
                                      statement.reason()};
    const v1::Outcome outcome = row.outcome == nullptr ? v1::Outcome() : *row.outcome;
    for (const std::string& cell :
         {Word(outcome.result()), std::to_string(outcome.rows()), std::to_string(outcome.affected_rows()),
          std::to_string(outcome.error_code()), outcome.error(), std::to_string(outcome.held_us()),
          std::to_string(outcome.total_us()), statement.text()}) {
      cells.push_back(cell);
    }
    WriteLine(cells);
  }

 private:
  void WriteLine(const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) out_ << (i == 0 ? "" : ",") << CsvCell(cells[i]);
    out_ << "\r\n";
  }

  std::ostream& out_;
};

}  // namespace

std::string CsvCell(std::string_view text) {
  const std::string line = OneLine(text);
  std::string cell = "\"";
  // Spreadsheets take what begins so for a formula, blanks before it or not.
  const size_t first = line.find_first_not_of(' ');
  if (first != std::string::npos && std::string_view("=+-@|%").find(line[first]) != std::string_view::npos) cell += '\'';
  for (const char c : line) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + '"';
}

std::unique_ptr<Exporter> ExportCsv(std::ostream& out) { return std::make_unique<Csv>(out); }

}  // namespace postern::ctl
