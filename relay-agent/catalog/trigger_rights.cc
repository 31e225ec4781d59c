#include "relay-agent/catalog/trigger_rights.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace postern::relay {
namespace {

// Grants on single schemas or tables beyond this many are not looked at.
constexpr size_t kMaxGrants = 100'000;

// As information_schema writes it: 'user'@'host'.
constexpr char kOwnTriggerGrants[] =
    " WHERE PRIVILEGE_TYPE = 'TRIGGER' AND GRANTEE = CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - 1 "
    "- "
    "CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";

std::string GrantsIn(const char* columns, const char* table) {
  return absl::StrCat("SELECT ", columns, " FROM information_schema.", table, kOwnTriggerGrants, " LIMIT ", kMaxGrants);
}

}  // namespace

absl::StatusOr<TriggerRights> TriggerRights::Read(SecondConnection& connection) {
  const auto everywhere = connection.Query(GrantsIn("1", "USER_PRIVILEGES"));
  if (!everywhere.ok()) return everywhere.status();
  const auto schemas = connection.Query(GrantsIn("TABLE_SCHEMA", "SCHEMA_PRIVILEGES"));
  if (!schemas.ok()) return schemas.status();
  const auto tables = connection.Query(GrantsIn("TABLE_SCHEMA, TABLE_NAME", "TABLE_PRIVILEGES"));
  if (!tables.ok()) return tables.status();
  std::vector<std::string> patterns;
  for (const SecondConnection::Row& row : *schemas) patterns.push_back(row[0].value_or(""));
  std::set<std::pair<std::string, std::string>> names;
  for (const SecondConnection::Row& row : *tables) names.emplace(row[0].value_or(""), row[1].value_or(""));
  return TriggerRights(!everywhere->empty(), std::move(patterns), std::move(names));
}

bool TriggerRights::Cover(const std::string& schema, const std::string& table) const {
  // No table of these has a trigger, whoever asks.
  if (everywhere_ || schema == "information_schema" || schema == "performance_schema") return true;
  return tables_.count({schema, table}) > 0 ||
         std::any_of(schema_patterns_.begin(), schema_patterns_.end(),
                     [&](const std::string& pattern) { return MatchesGrant(pattern, schema); });
}

bool MatchesGrant(std::string_view pattern, std::string_view schema) {
  size_t p = 0;
  size_t s = 0;
  size_t after_percent = std::string_view::npos;
  size_t resume = 0;
  while (s < schema.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p] == '%') {
      after_percent = ++p;
      resume = s;
    } else if (p < pattern.size() &&
               (escaped ? pattern[p + 1] == schema[s] : pattern[p] == '_' || pattern[p] == schema[s])) {
      p += escaped ? 2 : 1;
      ++s;
    } else if (after_percent != std::string_view::npos) {
      p = after_percent;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

}  // namespace postern::relay
