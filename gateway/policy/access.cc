#include "gateway/policy/access.h"

#include <algorithm>

namespace postern::policy {
namespace {

// What both let, where both want approval or only `other` does.
void TightenApproval(AccessTerms& terms, const AccessTerms& other) {
  if (other.open != Open::kApproval) return;
  if (terms.open != Open::kApproval) {
    terms.approval = other.approval;
    return;
  }
  std::erase_if(terms.approval.reviewers, [&](const std::string& group) {
    const auto& others = other.approval.reviewers;
    return std::find(others.begin(), others.end(), group) == others.end();
  });
  terms.approval.approvals_needed = std::max(terms.approval.approvals_needed, other.approval.approvals_needed);
  terms.approval.wait = std::min(terms.approval.wait, other.approval.wait);
  terms.approval.reason_required |= other.approval.reason_required;
}

}  // namespace

std::optional<AccessTerms> AccessFor(const Rules& rules, std::string_view agent, const std::vector<std::string>& groups,
                                     std::string_view target) noexcept {
  std::optional<AccessTerms> terms;
  for (const AccessEntry& entry : rules.access) {
    if (!entry.who.Covers(agent, groups, target)) continue;
    if (entry.terms.open == Open::kRefused) return std::nullopt;
    if (!terms) {
      terms = entry.terms;
      continue;
    }
    TightenApproval(*terms, entry.terms);
    terms->open = std::max(terms->open, entry.terms.open);
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
