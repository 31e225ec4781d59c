// posternctl policy diff: what another policy would have decided differently over recorded sessions.
#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/text/utf8.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/policy_answer.h"
#include "gateway/ctl/policy_commands.h"
#include "gateway/ctl/recorded_statements.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/sql_json.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/session.grpc.pb.h"

namespace postern::ctl {
namespace {

struct DiffFlags {
  std::string before;
  std::string after;
  std::vector<std::string> sessions;
  std::string vendor = "mysql";
  std::string version = "8.0.40";
};

bool IsSessionId(const std::string& word) { return word.starts_with("ses_") && !std::filesystem::exists(word); }

ExitCode ReadFile(Invocation& invocation, const std::string& path, RecordedStatements& recorded) {
  std::ifstream file(path);
  if (!file) return invocation.Usage(path + " cannot be read");
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (!line.empty() && !recorded.AddLine(line)) {
      return invocation.Usage(path + ":" + std::to_string(number) +
                              ": no record; expected the lines of `posternctl sessions replay ID --output json`");
    }
  }
  return kOk;
}

ExitCode ReadSession(Invocation& invocation, const Client& client, const std::string& id, RecordedStatements& recorded) {
  v1::ReplaySessionRequest request;
  request.set_id(id);
  const auto context = client.Stream();
  const auto stub = v1::Sessions::NewStub(client.channel());
  const auto stream = stub->Replay(context.get(), request);
  for (v1::Record record; stream->Read(&record);) recorded.Add(RecordJson(record));
  const grpc::Status ended = stream->Finish();
  return ended.ok() ? kOk : invocation.Fail(ended, client);
}

// Null while all that is to be read are files.
ExitCode ReadAll(Invocation& invocation, const Client* client, const DiffFlags& flags, RecordedStatements& recorded) {
  for (const std::string& word : flags.sessions) {
    const ExitCode read = IsSessionId(word) ? ReadSession(invocation, *client, word, recorded)
                                            : ReadFile(invocation, word, recorded);
    if (read != kOk) return read;
  }
  return kOk;
}

std::string Decided(const policy::Decision& decision) {
  return std::string(policy::EffectName(decision.effect())) + " (" + decision.rule() + ")";
}

nlohmann::ordered_json SideJson(const policy::Decision& decision) {
  return {{"decision", policy::EffectName(decision.effect())},
          {"rule", decision.rule()},
          {"reason", text::ValidUtf8(decision.reason())},
          {"limits", LimitsText(publishing::ToProto(decision.limits()))}};
}

// Another rule that decides the same is no difference to anybody.
bool Differs(const policy::Decision& a, const policy::Decision& b) {
  return a.effect() != b.effect() || a.terms() != b.terms() || a.limits() != b.limits();
}

ExitCode Diff(Invocation& invocation, const Client* client, const DiffFlags& flags) {
  const auto dialect = DialectFrom(flags.vendor, flags.version, "");
  if (!dialect.ok()) return invocation.Usage(std::string(dialect.status().message()));
  const policy::RulesPtr before = LoadOrTell(invocation, flags.before);
  const policy::RulesPtr after = LoadOrTell(invocation, flags.after);
  if (before == nullptr || after == nullptr) return kFailed;
  RecordedStatements recorded(*dialect);
  if (const ExitCode read = ReadAll(invocation, client, flags, recorded); read != kOk) return read;

  constexpr size_t kShownCharacters = 160;
  const std::vector<RecordedStatement> statements = recorded.Take();
  nlohmann::ordered_json json = {
      {"statements", statements.size()}, {"different", 0}, {"differences", nlohmann::ordered_json::array()}};
  size_t different = 0;
  for (const RecordedStatement& statement : statements) {
    const policy::Decision old = publishing::Decide(*before, statement.question);
    const policy::Decision now = publishing::Decide(*after, statement.question);
    if (!Differs(old, now)) continue;
    ++different;
    if (invocation.json()) {
      json["differences"].push_back({{"session_id", text::ValidUtf8(statement.session_id)},
                                     {"statement_id", text::ValidUtf8(statement.statement_id)},
                                     {"agent", text::ValidUtf8(statement.question.session.agent)},
                                     {"target", text::ValidUtf8(statement.question.session.target)},
                                     {"text", text::ValidUtf8(statement.question.statement)},
                                     {"old", SideJson(old)},
                                     {"new", SideJson(now)}});
      continue;
    }
    invocation.out() << OneLine(statement.session_id) << ' ' << OneLine(statement.statement_id) << ": " << Decided(old)
                     << " -> " << Decided(now) << "\n    "
                     << Shortened(statement.question.statement, kShownCharacters) << '\n';
  }
  json["different"] = different;
  if (invocation.json()) {
    invocation.out() << Pretty(json) << '\n';
  } else {
    invocation.out() << different << " of " << Count(statements.size(), "statement") << " decided differently\n";
  }
  return different == 0 ? kOk : kFailed;
}

}  // namespace

void AddPolicyDiff(CLI::App& policy, Invocation& invocation) {
  CLI::App* command =
      policy.add_subcommand("diff", "Say what another policy would have decided differently over recorded sessions");
  auto flags = std::make_shared<DiffFlags>();
  command->add_option("old", flags->before, "A policy, YAML")->required();
  command->add_option("new", flags->after, "Another")->required();
  command->add_option("--replay", flags->sessions,
                      "Sessions: ids, asked of the gateway, or files with the lines of `sessions replay ID --output json`")
      ->required();
  command->add_option("--vendor", flags->vendor, "Of the server of sessions that never reached one: mysql or mariadb");
  command->add_option("--server-version", flags->version, "Such as 9.7.4");
  command->callback([&invocation, flags] {
    const bool asks = std::any_of(flags->sessions.begin(), flags->sessions.end(), IsSessionId);
    if (!asks) return invocation.Choose([&invocation, flags] { return Diff(invocation, nullptr, *flags); });
    invocation.ChooseCall([&invocation, flags](const Client& client) { return Diff(invocation, &client, *flags); });
  });
}

}  // namespace postern::ctl
