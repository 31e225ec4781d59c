#include "gateway/policy/access.h"

#include <algorithm>

namespace postern::policy {

std::optional<AccessTerms> AccessFor(const Rules& rules, std::string_view agent, const std::vector<std::string>& groups,
                                     std::string_view target) noexcept {
  std::optional<AccessTerms> terms;
  for (const AccessEntry& entry : rules.access) {
    if (!entry.who.Covers(agent, groups, target)) continue;
    if (!terms) terms = entry.terms;
    terms->max_ttl = std::min(terms->max_ttl, entry.terms.max_ttl);
    terms->idle = std::min(terms->idle, entry.terms.idle);
    terms->budget.Tighten(entry.terms.budget);
    terms->connections = std::min(terms->connections, entry.terms.connections);
  }
  return terms;
}

std::vector<std::string> TargetsOf(const Rules& rules, std::string_view agent, const std::vector<std::string>& groups,
                                   const std::vector<std::string>& known) {
  std::vector<std::string> targets;
  for (const std::string& target : known) {
    if (AccessFor(rules, agent, groups, target)) targets.push_back(target);
  }
  return targets;
}

}  // namespace postern::policy
