// posternctl policy explain, posternctl policy test: what a policy decides, here or as the gateway would.
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/text/utf8.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/policy_answer.h"
#include "gateway/ctl/policy_cases.h"
#include "gateway/ctl/policy_commands.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/sql_json.h"
#include "gateway/ctl/words.h"
#include "gateway/policy/load_rules.h"
#include "gateway/publishing/question.h"
#include "proto/postern/v1/policy.grpc.pb.h"

namespace postern::ctl {
namespace {

struct ExplainFlags {
  std::string file;
  bool with_schema = false;
  publishing::Question question;
  std::string vendor;
  std::string version;
  std::string sql_mode;
  std::string at;
  int fold = -1;
};

ExitCode Tell(Invocation& invocation, const v1::PolicyAnswer& answer) {
  if (invocation.json()) {
    invocation.out() << Pretty(AnswerJson(answer)) << '\n';
  } else {
    TellAnswer(answer, invocation.out());
  }
  return kOk;
}

ExitCode ExplainHere(Invocation& invocation, const ExplainFlags& flags) {
  publishing::Question question = flags.question;
  const auto dialect = DialectFrom(flags.vendor.empty() ? "mysql" : flags.vendor,
                                   flags.version.empty() ? "8.0.40" : flags.version, flags.sql_mode);
  if (!dialect.ok()) return invocation.Usage(std::string(dialect.status().message()));
  question.dialect = *dialect;
  question.session.sql_mode = dialect->mode;
  if (flags.fold >= 0) question.session.lower_case_table_names = flags.fold;
  const policy::RulesPtr rules = LoadOrTell(invocation, flags.file);
  if (rules == nullptr) return kFailed;
  return Tell(invocation, publishing::Explain(*rules, question));
}

// The gateway knows the server, its modes and its schema.
ExitCode AskGateway(Invocation& invocation, const Client& client, const ExplainFlags& flags) {
  const policy::SessionFacts& session = flags.question.session;
  v1::ExplainPolicyRequest request;
  request.set_agent(session.agent);
  for (const std::string& group : session.groups) request.add_groups(group);
  request.set_target(session.target);
  request.set_statement(flags.question.statement);
  request.set_default_schema(session.default_schema);
  request.set_in_transaction(session.can_undo);
  request.set_at_unix_ms(absl::ToUnixMillis(session.now));
  if (!flags.file.empty()) {
    const policy::RulesPtr rules = LoadOrTell(invocation, flags.file);
    if (rules == nullptr) return kFailed;
    request.set_policy(rules->text);
  }
  v1::PolicyAnswer answer;
  const grpc::Status called = v1::Policy::NewStub(client.channel())->Explain(client.Call().get(), request, &answer);
  return called.ok() ? Tell(invocation, answer) : invocation.Fail(called, client);
}

void Explain(Invocation& invocation, ExplainFlags flags) {
  const bool here = !flags.file.empty() && !flags.with_schema;
  const bool names_server = !flags.vendor.empty() || !flags.version.empty() || !flags.sql_mode.empty() || flags.fold >= 0;
  std::string error;
  absl::Time& now = flags.question.session.now;
  now = absl::Now();
  if (!flags.at.empty() && !absl::ParseTime(absl::RFC3339_full, flags.at, &now, &error)) {
    invocation.Choose([&invocation] { return invocation.Usage("--at wants a time such as 2026-01-31T09:00:00Z"); });
  } else if (here) {
    invocation.Choose([&invocation, flags] { return ExplainHere(invocation, flags); });
  } else if (names_server) {
    invocation.Choose([&invocation] {
      return invocation.Usage("the gateway knows the server: --vendor, --server-version, --sql-mode and "
                              "--lower-case-table-names go with a FILE and without --with-schema");
    });
  } else {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return AskGateway(invocation, client, flags); });
  }
}

ExitCode Test(Invocation& invocation, const std::string& policy_file, const std::string& cases_file) {
  const policy::RulesPtr rules = LoadOrTell(invocation, policy_file);
  if (rules == nullptr) return kFailed;
  const auto cases = LoadCases(cases_file, absl::Now());
  for (const config::Problem& problem : cases.problems) invocation.err() << OneLine(problem.ToString()) << '\n';
  if (!cases.ok()) return kFailed;
  size_t failed = 0;
  nlohmann::ordered_json json = {{"passed", 0}, {"failed", 0}, {"cases", nlohmann::ordered_json::array()}};
  if (!invocation.json()) invocation.out() << "1.." << cases.value->size() << '\n';
  for (size_t i = 0; i < cases.value->size(); ++i) {
    const PolicyCase& wanted = (*cases.value)[i];
    const policy::Decision decision = publishing::Decide(*rules, wanted.question);
    const std::string wrong = Contradiction(wanted, decision);
    failed += wrong.empty() ? 0 : 1;
    if (invocation.json()) {
      json["cases"].push_back({{"name", text::ValidUtf8(wanted.name)},
                               {"ok", wrong.empty()},
                               {"decision", policy::EffectName(decision.effect())},
                               {"rule", decision.rule()},
                               {"reason", text::ValidUtf8(decision.reason())}});
      continue;
    }
    invocation.out() << (wrong.empty() ? "ok " : "not ok ") << i + 1 << " - " << OneLine(wanted.name) << '\n';
    if (!wrong.empty()) invocation.out() << "  # " << OneLine(wrong) << '\n';
  }
  json["passed"] = cases.value->size() - failed;
  json["failed"] = failed;
  if (invocation.json()) invocation.out() << Pretty(json) << '\n';
  return failed == 0 ? kOk : kFailed;
}

}  // namespace

policy::RulesPtr LoadOrTell(Invocation& invocation, const std::string& file) {
  const config::Loaded<policy::RulesPtr> loaded = policy::LoadRules(file);
  for (const config::Problem& problem : loaded.problems) invocation.err() << OneLine(problem.ToString()) << '\n';
  return loaded.ok() ? *loaded.value : nullptr;
}

void AddPolicyExplain(CLI::App& policy, Invocation& invocation) {
  CLI::App* command = policy.add_subcommand("explain", "Say what a policy decides on a statement, and why");
  auto flags = std::make_shared<ExplainFlags>();
  policy::SessionFacts& session = flags->question.session;
  command->add_option("file", flags->file, "A policy, YAML, asked here without a gateway; absent: the one in force at the gateway");
  command->add_flag("--with-schema", flags->with_schema, "Ask the gateway about FILE too: it knows the target's schema");
  command->add_option("--sql", flags->question.statement, "The statement")->required();
  command->add_option("--agent", session.agent, "Who sends it")->required();
  command->add_option("--target", session.target, "Where to")->required();
  command->add_option("--groups", session.groups, "Groups the agent is in: a,b")->delimiter(',');
  command->add_option("--schema", session.default_schema, "The session's default schema");
  command->add_flag("--in-transaction", session.can_undo, "A transaction is open: max_affected_rows wants one");
  command->add_option("--vendor", flags->vendor, "The server's: mysql or mariadb");
  command->add_option("--server-version", flags->version, "Such as 9.7.4");
  command->add_option("--sql-mode", flags->sql_mode, "The session's sql_mode");
  command->add_option("--lower-case-table-names", flags->fold, "The server's; unknown if absent")->check(CLI::Range(0, 2));
  command->add_option("--at", flags->at, "When it comes, such as 2026-01-31T09:00:00Z; now if absent");
  command->callback([&invocation, flags] { Explain(invocation, *flags); });
}

void AddPolicyTest(CLI::App& policy, Invocation& invocation) {
  CLI::App* command = policy.add_subcommand("test", "Check what a policy decides against a file of cases; asks no gateway");
  auto files = std::make_shared<std::pair<std::string, std::string>>();
  command->add_option("file", files->first, "The policy, YAML")->required();
  command->add_option("cases", files->second, "The cases, YAML")->required();
  command->callback([&invocation, files] {
    invocation.Choose([&invocation, files] { return Test(invocation, files->first, files->second); });
  });
}

}  // namespace postern::ctl
