#include "gateway/verification/read_options.h"

#include <algorithm>
#include <string_view>

#include "common/sql/read.h"
#include "gateway/identity/token_rules.h"

namespace postern::verification {
namespace {

constexpr size_t kMostGroups = 64;

// As the one vendor reads it or the other: which one the target is turns out when its relay comes.
std::optional<sql::Facts> FactsOf(const std::string& text) {
  for (const sql::Vendor vendor : {sql::Vendor::kMySql, sql::Vendor::kMariaDb}) {
    const sql::Dialect dialect{.vendor = vendor, .version = vendor == sql::Vendor::kMySql ? 90000 : 101100};
    sql::Reading reading = sql::Read(text, dialect);
    if (reading.ok()) return std::move(reading.facts);
  }
  return std::nullopt;
}

bool IsRead(const sql::Facts& facts) { return facts.group == sql::VerbGroup::kRead && !facts.locking_read; }

// One that a ROLLBACK takes back.
bool IsRowWrite(const sql::Facts& facts) {
  const bool of_rows = facts.verb == sql::Verb::kInsert || facts.verb == sql::Verb::kUpdate || facts.verb == sql::Verb::kDelete ||
                       facts.verb == sql::Verb::kReplace;
  return of_rows && !facts.implicit_commit;
}

void CheckStatement(config::Section& section, std::string_view key, const std::string& text, bool (*fits)(const sql::Facts&),
                    const std::string& wanted) {
  if (text.empty()) return;
  const auto facts = FactsOf(text);
  if (!facts || facts->parameters > 0 || !fits(*facts)) section.Report(key, "expected one statement, " + wanted);
}

// `shop`.`orders` of shop.orders; nothing for what is no such name.
std::optional<std::string> Quoted(std::string_view table) {
  const size_t dot = table.find('.');
  const bool two_parts = dot != std::string_view::npos && dot > 0 && dot + 1 < table.size() && table.find('.', dot + 1) == std::string_view::npos;
  const bool plain = std::none_of(table.begin(), table.end(), [](char c) { return c == '`' || static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; });
  if (!two_parts || !plain) return std::nullopt;
  return "`" + std::string(table.substr(0, dot)) + "`.`" + std::string(table.substr(dot + 1)) + "`";
}

// What is tried where only a table is named.
void FillFromTable(config::Section& target, TargetPlan& plan) {
  const std::string table = target.String("table", "");
  if (table.empty()) {
    if (plan.read.empty() || plan.held.empty()) target.Report("", "needs a table, or both read and held");
    return;
  }
  const auto quoted = Quoted(table);
  if (!quoted) return target.Report("table", "expected SCHEMA.TABLE");
  if (plan.read.empty()) plan.read = "SELECT 1 FROM " + *quoted + " LIMIT 1";
  // No row is met, twice over.
  if (plan.held.empty()) plan.held = "DELETE FROM " + *quoted + " WHERE 1 = 0 LIMIT 0";
}

std::optional<MaskedCanary> ReadMasked(config::Section masked) {
  if (!masked.present()) return std::nullopt;
  MaskedCanary canary{.sql = masked.String("sql"), .expect_not = masked.String("expect_not")};
  CheckStatement(masked, "sql", canary.sql, IsRead, "a SELECT of the masked column");
  if (canary.expect_not.empty()) masked.Report("expect_not", "the value that must not come back");
  return canary;
}

std::vector<std::string> ReadGroups(config::Section& target) {
  std::vector<std::string> groups = target.Strings("groups", {});
  if (groups.size() > kMostGroups) target.Report("groups", "has more than 64 entries");
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!identity::IsAgentName(groups[i])) target.ReportItem("groups", i, "a group's name: 1 to 64 characters of A-Z a-z 0-9 . _ -");
  }
  return groups;
}

TargetPlan ReadPlan(config::Section& target) {
  TargetPlan plan;
  plan.read = target.String("read", "");
  plan.held = target.String("held", "");
  CheckStatement(target, "read", plan.read, IsRead, "one that reads");
  CheckStatement(target, "held", plan.held, IsRowWrite, "INSERT, UPDATE, DELETE or REPLACE");
  FillFromTable(target, plan);
  plan.masked = ReadMasked(target.Optional("masked"));
  plan.groups = ReadGroups(target);
  return plan;
}

}  // namespace

Options ReadOptions(config::Section section, const std::set<std::string>& targets) {
  Options options;
  if (!section.present()) return options;
  options.every = section.Duration("every", options.every, {absl::Seconds(1), absl::Hours(24 * 7)});
  section.EachNamed("targets", [&](const std::string& name, config::Section& target) {
    if (!targets.contains(name)) target.Report("", "is none of targets");
    options.targets[name] = ReadPlan(target);
  });
  if (options.targets.empty()) section.Report("targets", "names no target, so nothing would be verified");
  return options;
}

}  // namespace postern::verification
