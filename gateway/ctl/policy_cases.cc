#include "gateway/ctl/policy_cases.h"

#include <utility>

#include "common/config/document.h"
#include "gateway/ctl/sql_json.h"

namespace postern::ctl {
namespace {

using config::Section;

constexpr size_t kMaxCases = 10'000;

absl::Time ReadTime(Section& section, absl::Time now) {
  const std::string text = section.String("at", "now");
  if (text == "now") return now;
  absl::Time time = now;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    section.Report("at", "expected a time such as 2026-01-31T09:00:00Z");
  }
  return time;
}

PolicyCase ReadCase(Section& section, absl::Time now) {
  PolicyCase wanted;
  wanted.name = section.String("name");
  policy::SessionFacts& session = wanted.question.session;
  session.agent = section.String("agent");
  session.groups = section.Strings("groups", {});
  session.target = section.String("target");
  session.default_schema = section.String("schema", "");
  session.now = ReadTime(section, now);
  const int64_t fold = section.Int("lower_case_table_names", 0, {0, 2});
  if (section.Has("lower_case_table_names")) session.lower_case_table_names = static_cast<int>(fold);
  session.can_undo = section.Bool("in_transaction", false);
  wanted.question.statement = section.String("sql");
  const auto dialect = DialectFrom(section.String("vendor", "mysql"), section.String("server_version", "8.0.40"),
                                   section.String("sql_mode", ""));
  if (!dialect.ok()) section.Report("", std::string(dialect.status().message()));
  wanted.question.dialect = dialect.value_or(sql::Dialect{});
  session.sql_mode = wanted.question.dialect.mode;
  wanted.expect = section.RequiredWord<policy::Effect>("expect", {{"allow", policy::Effect::kAllow},
                                                                  {"hold", policy::Effect::kHold},
                                                                  {"deny", policy::Effect::kDeny}});
  wanted.rule = section.String("rule", "");
  return wanted;
}

}  // namespace

config::Loaded<std::vector<PolicyCase>> LoadCases(const std::string& path, absl::Time now) {
  config::Document document = config::Document::FromFile(path, {.max_bytes = 16 << 20});
  std::vector<PolicyCase> cases;
  {
    Section root = document.root();
    root.EachItem("cases", [&](Section& section) { cases.push_back(ReadCase(section, now)); });
    if (cases.empty() && root.present()) root.Report("", "has no cases");
    if (cases.size() > kMaxCases) root.Report("cases", "has more than 10000 entries");
  }
  return config::Loaded<std::vector<PolicyCase>>::From(std::move(cases), document.TakeProblems());
}

std::string Contradiction(const PolicyCase& wanted, const policy::Decision& decision) {
  if (decision.effect() == wanted.expect && (wanted.rule.empty() || decision.rule() == wanted.rule)) return "";
  std::string text = "expected " + std::string(policy::EffectName(wanted.expect));
  if (!wanted.rule.empty()) text += " by rule " + wanted.rule;
  text += ", got " + std::string(policy::EffectName(decision.effect())) + " by rule " + decision.rule();
  return decision.reason().empty() ? text : text + ": " + decision.reason();
}

}  // namespace postern::ctl
