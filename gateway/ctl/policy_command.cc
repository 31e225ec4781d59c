// posternctl policy: its words, and `check`: the gateway's own loader, here; no gateway needed.
#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/text/utf8.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/policy_commands.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/words.h"
#include "gateway/policy/load_rules.h"

namespace postern::ctl {
namespace {

nlohmann::ordered_json ProblemJson(const config::Problem& problem) {
  return {{"file", text::ValidUtf8(problem.file)},
          {"line", problem.line},
          {"column", problem.column},
          {"key", text::ValidUtf8(problem.key)},
          {"message", text::ValidUtf8(problem.message)}};
}

ExitCode Check(Invocation& invocation, const std::string& file) {
  const config::Loaded<policy::RulesPtr> loaded = policy::LoadRules(file);
  const size_t rules = loaded.ok() ? (*loaded.value)->rules.size() : 0;
  if (invocation.json()) {
    nlohmann::ordered_json json = {
        {"valid", loaded.ok()}, {"rules", rules}, {"problems", nlohmann::ordered_json::array()}};
    for (const config::Problem& problem : loaded.problems) json["problems"].push_back(ProblemJson(problem));
    invocation.out() << Pretty(json) << '\n';
  } else if (loaded.ok()) {
    invocation.out() << OneLine(file) << ": valid, " << Count(rules, "rule") << '\n';
  } else {
    for (const config::Problem& problem : loaded.problems) invocation.out() << OneLine(problem.ToString()) << '\n';
  }
  return loaded.ok() ? kOk : kFailed;
}

}  // namespace

void AddPolicy(CLI::App& app, Invocation& invocation) {
  CLI::App* policy = app.add_subcommand("policy", "Check, try, compare and apply policies");
  policy->require_subcommand(1);
  CLI::App* check = policy->add_subcommand("check", "Validate a policy file as the gateway would; asks no gateway");
  auto file = std::make_shared<std::string>();
  check->add_option("file", *file, "The policy, YAML")->required();
  check->callback([&invocation, file] { invocation.Choose([&invocation, file] { return Check(invocation, *file); }); });
  AddPolicyExplain(*policy, invocation);
  AddPolicyTest(*policy, invocation);
  AddPolicyDiff(*policy, invocation);
  AddPolicyPublish(*policy, invocation);
}

}  // namespace postern::ctl
