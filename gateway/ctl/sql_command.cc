// posternctl sql: what the gateway understands of a statement, here; no gateway needed.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <istream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/sql/print.h"
#include "common/sql/read.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/sql_json.h"

namespace postern::ctl {
namespace {

struct Question {
  std::string statement;
  std::string vendor = "mysql";
  std::string version = "8.0.40";
  std::string sql_mode;
  std::string schema;
};

ExitCode AnswerLines(Invocation& invocation) {
  for (std::string line; std::getline(invocation.in(), line);) {
    invocation.out() << Line(AnswerLine(line)) << '\n';
  }
  return kOk;
}

ExitCode Refuse(Invocation& invocation, const sql::ParseError& error) {
  invocation.out() << "refused: " << OneLine(error.ToString()) << '\n';
  return kFailed;
}

void TellFacts(Invocation& invocation, const sql::Reading& reading) {
  std::string text = sql::ToText(reading.facts);
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    invocation.out() << OneLine(text.substr(begin, end - begin)) << '\n';
  }
  invocation.out() << "forwarded: " << OneLine(std::string(reading.canonical.view())) << '\n';
}

ExitCode Explain(Invocation& invocation, const Question& question) {
  const auto dialect = DialectFrom(question.vendor, question.version, question.sql_mode);
  if (!dialect.ok()) return invocation.Usage(std::string(dialect.status().message()));
  if (invocation.json()) {
    const nlohmann::ordered_json json = FactsJson(question.statement, *dialect, question.schema);
    invocation.out() << Pretty(json) << '\n';
    return json["ok"] ? kOk : kFailed;
  }
  const sql::Reading reading = sql::Read(question.statement, *dialect);
  if (!reading.ok()) return Refuse(invocation, *reading.error);
  TellFacts(invocation, reading);
  return kOk;
}

// Of the statement given, or of all that is on stdin.
ExitCode Print(Invocation& invocation, Question question) {
  const auto dialect = DialectFrom(question.vendor, question.version, question.sql_mode);
  if (!dialect.ok()) return invocation.Usage(std::string(dialect.status().message()));
  if (question.statement.empty()) question.statement.assign(std::istreambuf_iterator<char>(invocation.in()), {});
  if (invocation.json()) {
    const nlohmann::ordered_json json = PrintedJson(question.statement, *dialect);
    invocation.out() << Pretty(json) << '\n';
    return json["ok"] ? kOk : kFailed;
  }
  const sql::Printed printed = sql::Print(question.statement, *dialect);
  if (!printed.ok()) return Refuse(invocation, *printed.error);
  invocation.out() << Block(printed.text, "") << '\n';
  return kOk;
}

std::shared_ptr<Question> AddQuestion(CLI::App* command) {
  auto question = std::make_shared<Question>();
  command->add_option("--vendor", question->vendor, "mysql or mariadb");
  command->add_option("--server-version", question->version, "Such as 9.7.4");
  command->add_option("--sql-mode", question->sql_mode, "The session's sql_mode");
  return question;
}

}  // namespace

void AddSql(CLI::App& app, Invocation& invocation) {
  CLI::App* sql = app.add_subcommand("sql", "Show what the gateway understands of a statement; asks no gateway");
  sql->require_subcommand(1);

  CLI::App* facts = sql->add_subcommand("facts", "Answer JSON lines from stdin: {\"sql\", \"vendor\", \"version\", ...}");
  facts->callback([&invocation] { invocation.Choose([&invocation] { return AnswerLines(invocation); }); });

  CLI::App* explain = sql->add_subcommand("explain", "Tell a person what a statement does");
  const auto question = AddQuestion(explain);
  explain->add_option("statement", question->statement, "The statement")->required();
  explain->add_option("--schema", question->schema, "The session's default schema");
  explain->callback([&invocation, question] {
    invocation.Choose([&invocation, question] { return Explain(invocation, *question); });
  });

  CLI::App* print = sql->add_subcommand("print", "Lay a statement out for people, on several lines");
  const auto printed = AddQuestion(print);
  print->add_option("statement", printed->statement, "The statement; without it stdin is read");
  print->callback([&invocation, printed] {
    invocation.Choose([&invocation, printed] { return Print(invocation, *printed); });
  });
}

}  // namespace postern::ctl
