#include "relay-agent/catalog/probe.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <set>
#include <utility>

#include "relay-agent/mysql/pinned_session.h"

namespace postern::relay {
namespace {

const std::set<std::string>& DangerousNames() {
  static const std::set<std::string> names = {"ALL PRIVILEGES", "SUPER", "FILE",   "CREATE USER", "SHUTDOWN",
                                              "PROCESS",        "RELOAD", "SYSTEM_USER", "SET USER"};
  return names;
}

std::string Upper(std::string_view text) {
  return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size())));
}

}  // namespace

std::vector<std::string> DangerousPrivileges(std::string_view grant) {
  std::vector<std::string> found;
  const std::string text = Upper(grant);
  const size_t on = text.find(" ON ");
  if (text.compare(0, 6, "GRANT ") != 0 || on == std::string::npos) return found;
  for (absl::string_view part : absl::StrSplit(text.substr(6, on - 6), ',')) {
    std::string privilege = Upper({part.data(), part.size()});
    // On one schema, ALL is what a careless administrator gave; on everything it is what an attacker wants.
    if (DangerousNames().count(privilege) > 0) found.push_back(std::move(privilege));
  }
  if (text.find("WITH GRANT OPTION") != std::string::npos) found.emplace_back("GRANT OPTION");
  return found;
}

ProbeResult Probe(const std::string& target, SecondConnection& connection) {
  ProbeResult result;
  result.report.set_target(target);
  const auto facts = connection.Query("SELECT @@version, @@global.sql_mode, @@lower_case_table_names");
  uint32_t lower_case = 0;
  if (!facts.ok() || facts->size() != 1 || !absl::SimpleAtoi((*facts)[0][2].value_or(""), &lower_case)) {
    result.report.set_error(facts.ok() ? "the database does not say what it is" : std::string(facts.status().message()));
    return result;
  }
  SetVersion((*facts)[0][0].value_or(""), *result.report.mutable_server());
  result.report.mutable_server()->set_sql_mode((*facts)[0][1].value_or(""));
  result.report.mutable_server()->set_lower_case_table_names(lower_case);
  result.report.set_reachable(true);
  const auto grants = connection.Query("SHOW GRANTS");
  if (!grants.ok()) return result;
  for (const SecondConnection::Row& row : *grants) {
    for (std::string& privilege : DangerousPrivileges(row.empty() ? "" : row[0].value_or(""))) {
      result.dangerous_grants.push_back(std::move(privilege));
    }
  }
  return result;
}

}  // namespace postern::relay
