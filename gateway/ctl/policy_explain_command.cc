// posternctl policy explain, posternctl policy test: what a policy decides, here; no gateway needed.
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/text/utf8.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/policy_cases.h"
#include "gateway/ctl/policy_commands.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/sql_json.h"
#include "gateway/ctl/words.h"
#include "gateway/policy/load_rules.h"

namespace postern::ctl {
namespace {

struct ExplainFlags {
  std::string file;
  PolicyQuestion question;
  std::string vendor = "mysql";
  std::string version = "8.0.40";
  std::string sql_mode;
  std::string at;
  int fold = -1;
};

ExitCode Explain(Invocation& invocation, const ExplainFlags& flags) {
  PolicyQuestion question = flags.question;
  const auto dialect = DialectFrom(flags.vendor, flags.version, flags.sql_mode);
  if (!dialect) return invocation.Usage("unknown vendor, version or sql_mode");
  question.dialect = *dialect;
  question.session.sql_mode = dialect->mode;
  if (flags.fold >= 0) question.session.lower_case_table_names = flags.fold;
  question.session.now = absl::Now();
  std::string error;
  if (!flags.at.empty() && !absl::ParseTime(absl::RFC3339_full, flags.at, &question.session.now, &error)) {
    return invocation.Usage("--at wants a time such as 2026-01-31T09:00:00Z");
  }
  const policy::RulesPtr rules = LoadOrTell(invocation, flags.file);
  if (rules == nullptr) return kFailed;
  const PolicyAnswer answer = Answer(*rules, question);
  if (invocation.json()) {
    invocation.out() << Pretty(AnswerJson(*rules, question, answer)) << '\n';
  } else {
    TellAnswer(*rules, question, answer, invocation.out());
  }
  return kOk;
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
    const policy::Decision decision = Answer(*rules, wanted.question).decision;
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
  CLI::App* command = policy.add_subcommand("explain", "Say what a policy decides on a statement, and why; asks no gateway");
  auto flags = std::make_shared<ExplainFlags>();
  policy::SessionFacts& session = flags->question.session;
  command->add_option("file", flags->file, "The policy, YAML")->required();
  command->add_option("--sql", flags->question.statement, "The statement")->required();
  command->add_option("--agent", session.agent, "Who sends it")->required();
  command->add_option("--target", session.target, "Where to")->required();
  command->add_option("--groups", session.groups, "Groups the agent is in: a,b")->delimiter(',');
  command->add_option("--schema", session.default_schema, "The session's default schema");
  command->add_option("--vendor", flags->vendor, "The server's: mysql or mariadb");
  command->add_option("--server-version", flags->version, "Such as 9.7.4");
  command->add_option("--sql-mode", flags->sql_mode, "The session's sql_mode");
  command->add_option("--lower-case-table-names", flags->fold, "The server's; unknown if absent")->check(CLI::Range(0, 2));
  command->add_option("--at", flags->at, "When it comes, such as 2026-01-31T09:00:00Z; now if absent");
  command->callback([&invocation, flags] {
    invocation.Choose([&invocation, flags] { return Explain(invocation, *flags); });
  });
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
