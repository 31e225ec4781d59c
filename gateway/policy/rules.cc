#include "gateway/policy/rules.h"

#include <algorithm>

#include "common/config/cat.h"

namespace postern::policy {

bool Matches(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return Matches(p, name); });
}

bool Who::Covers(std::string_view agent, const std::vector<std::string>& member_of, std::string_view target) const {
  if (!MatchesAny(targets, target)) return false;
  if (MatchesAny(agents, agent)) return true;
  return std::any_of(member_of.begin(), member_of.end(), [&](const std::string& g) { return MatchesAny(groups, g); });
}

std::string ColumnPattern::ToString() const { return config::Cat(schema, ".", table, ".", column); }

}  // namespace postern::policy
