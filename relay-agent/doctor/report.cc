#include "relay-agent/doctor/report.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace postern::relay {
namespace {

constexpr absl::Duration kReturnPatience = absl::Seconds(5);

const char* Word(Severity severity) { return severity == Severity::kDanger ? "danger" : "warning"; }

std::string Title(const Examination& one) {
  return one.agent.empty() ? one.target : absl::StrCat(one.target, ", account of agent ", one.agent);
}

void AppendFacts(const Examination& one, std::string& out) {
  absl::StrAppend(&out, "  account          ", one.account, "\n  version          ", one.version, "\n  TLS              ",
                  one.tls_version.empty() ? "none" : absl::StrCat(one.tls_version, ", ", one.tls_cipher), "\n");
  absl::StrAppendFormat(&out, "  clock            %+.3f s\n", absl::ToDoubleSeconds(one.clock_difference));
  absl::StrAppend(&out, "  table names      lower_case_table_names=", one.lower_case_table_names, "\n  connections      ", one.used_connections,
                  " of ", one.max_connections, " in use\n");
}

nlohmann::json ToJson(const Examination& one) {
  nlohmann::json json = {{"target", one.target}, {"agent", one.agent}, {"reached", one.error.empty()}, {"danger", one.dangerous()}};
  json["findings"] = nlohmann::json::array();
  for (const Finding& finding : one.findings) json["findings"].push_back({{"severity", Word(finding.severity)}, {"text", finding.text}});
  if (!one.error.empty()) {
    json["error"] = one.error;
    return json;
  }
  json["account"] = one.account;
  json["version"] = one.version;
  json["tls"] = {{"version", one.tls_version}, {"cipher", one.tls_cipher}};
  json["clock_difference_ms"] = absl::ToInt64Milliseconds(one.clock_difference);
  json["lower_case_table_names"] = one.lower_case_table_names;
  json["connections"] = {{"used", one.used_connections}, {"max", one.max_connections}};
  json["grants"] = one.grants;
  return json;
}

}  // namespace

std::vector<Examination> ExamineAll(const RelayOptions& options) {
  // Without a ledger: the relay that may be running has its own.
  LeaseKeeper keeper(std::nullopt);
  std::vector<Examination> examinations;
  for (const auto& [name, target] : options.targets) {
    Account account(name, target.credential, &keeper);
    examinations.push_back(Examine(target, "", account));
    for (const auto& [agent, own] : target.agents) {
      if (own.credential == nullptr) continue;
      Account account_of_agent(absl::StrCat(name, "/", agent), own.credential, &keeper);
      examinations.push_back(Examine(target, agent, account_of_agent));
    }
  }
  keeper.Settle(kReturnPatience);
  return examinations;
}

std::string TextReport(const std::vector<Examination>& examinations) {
  std::string out;
  for (const Examination& one : examinations) {
    absl::StrAppend(&out, Title(one), "\n");
    if (!one.error.empty()) {
      absl::StrAppend(&out, "  danger           not reached: ", one.error, "\n");
      continue;
    }
    AppendFacts(one, out);
    for (const Finding& finding : one.findings) absl::StrAppendFormat(&out, "  %-16s %s\n", Word(finding.severity), finding.text);
    if (one.findings.empty()) absl::StrAppend(&out, "  nothing to complain of\n");
  }
  return out;
}

std::string JsonReport(const std::vector<Examination>& examinations) {
  nlohmann::json json = {{"danger", AnyDangerous(examinations)}, {"targets", nlohmann::json::array()}};
  for (const Examination& one : examinations) json["targets"].push_back(ToJson(one));
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool AnyDangerous(const std::vector<Examination>& examinations) {
  return std::any_of(examinations.begin(), examinations.end(), [](const Examination& one) { return one.dangerous(); });
}

}  // namespace postern::relay
