#include "gateway/api/rpc_roles.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace postern::api {
namespace {

constexpr RoleSet kAnyPerson{.any_person = true};
constexpr RoleSet kAdmin{.admin = true};
constexpr RoleSet kReviewer{.reviewer = true};
constexpr RoleSet kAuditorOrAdmin{.auditor = true, .admin = true};
constexpr RoleSet kAnyRole{.reviewer = true, .auditor = true, .admin = true};

constexpr RoleSet kAgentOrAdmin{.agent = true, .admin = true};
constexpr RoleSet kAgentOrDecider{.agent = true, .reviewer = true, .admin = true};
constexpr RoleSet kAgentOrAnyRole{.agent = true, .reviewer = true, .auditor = true, .admin = true};

constexpr std::array kRules = {
    RpcRule{Rpc::kWhoAmI, "Access/WhoAmI", kAnyPerson, false},
    RpcRule{Rpc::kCreateToken, "Access/CreateToken", kAdmin, true},
    RpcRule{Rpc::kListTokens, "Access/ListTokens", kAdmin, false},
    RpcRule{Rpc::kRevokeToken, "Access/RevokeToken", kAdmin, true},
    RpcRule{Rpc::kListApprovals, "Approvals/List", kAnyRole, false},
    RpcRule{Rpc::kGetApproval, "Approvals/Get", kAnyRole, false},
    RpcRule{Rpc::kWatchApprovals, "Approvals/Watch", kAnyRole, false},
    RpcRule{Rpc::kApprove, "Approvals/Approve", kReviewer, false},
    RpcRule{Rpc::kDeny, "Approvals/Deny", kReviewer, false},
    RpcRule{Rpc::kStartTask, "Tasks/Start", kAgentOrAdmin, true},
    RpcRule{Rpc::kGetTask, "Tasks/Get", kAgentOrAnyRole, false},
    RpcRule{Rpc::kListTasks, "Tasks/List", kAgentOrAnyRole, false},
    RpcRule{Rpc::kExtendTask, "Tasks/Extend", kAgentOrDecider, true},
    RpcRule{Rpc::kEndTask, "Tasks/End", kAgentOrDecider, true},
    RpcRule{Rpc::kListSessions, "Sessions/List", kAnyRole, false},
    RpcRule{Rpc::kGetSession, "Sessions/Get", kAnyRole, true},
    RpcRule{Rpc::kReplaySession, "Sessions/Replay", kAnyRole, true},
    RpcRule{Rpc::kExportSessions, "Sessions/Export", kAnyRole, true},
    RpcRule{Rpc::kTerminateSession, "Sessions/Terminate", kAdmin, true},
    RpcRule{Rpc::kCheckPolicy, "Policy/Check", kAnyPerson, false},
    RpcRule{Rpc::kGetPolicy, "Policy/Get", kAnyPerson, false},
    RpcRule{Rpc::kApplyPolicy, "Policy/Apply", kAdmin, true},
    RpcRule{Rpc::kListPolicyVersions, "Policy/ListVersions", kAnyPerson, false},
    RpcRule{Rpc::kRollbackPolicy, "Policy/Rollback", kAdmin, true},
    RpcRule{Rpc::kExplainPolicy, "Policy/Explain", kAnyPerson, false},
    RpcRule{Rpc::kGetStatus, "Admin/GetStatus", kAnyPerson, false},
    RpcRule{Rpc::kReload, "Admin/Reload", kAdmin, true},
    RpcRule{Rpc::kRefreshCatalog, "Admin/RefreshCatalog", kAdmin, true},
    RpcRule{Rpc::kCreateJoinToken, "Enrolment/CreateJoinToken", kAdmin, true},
    RpcRule{Rpc::kListRelays, "Enrolment/ListRelays", kAnyRole, false},
    RpcRule{Rpc::kRevokeRelay, "Enrolment/RevokeRelay", kAdmin, true},
    RpcRule{Rpc::kRunVerification, "Verification/Run", kAuditorOrAdmin, true},
    RpcRule{Rpc::kListVerifications, "Verification/List", kAuditorOrAdmin, false},
};

bool Has(const std::vector<v1::Role>& roles, v1::Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// "a", "a or b", "a, b or c".
std::string Join(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

bool RoleSet::Admits(const std::vector<v1::Role>& roles) const {
  return any_person || (reviewer && Has(roles, v1::ROLE_REVIEWER)) || (auditor && Has(roles, v1::ROLE_AUDITOR)) ||
         (admin && Has(roles, v1::ROLE_ADMIN));
}

std::string RoleSet::Names() const {
  std::vector<std::string> words;
  if (reviewer) words.push_back("reviewer");
  if (auditor) words.push_back("auditor");
  if (admin) words.push_back("admin");
  return Join(words, " or ");
}

std::string RoleNames(const std::vector<v1::Role>& roles) {
  std::vector<std::string> words;
  if (Has(roles, v1::ROLE_REVIEWER)) words.push_back("reviewer");
  if (Has(roles, v1::ROLE_AUDITOR)) words.push_back("auditor");
  if (Has(roles, v1::ROLE_ADMIN)) words.push_back("admin");
  return words.empty() ? "no role" : Join(words, " and ");
}

std::span<const RpcRule> RpcRules() { return kRules; }

const RpcRule& RuleOf(Rpc rpc) {
  for (const RpcRule& rule : kRules) {
    if (rule.rpc == rpc) return rule;
  }
  std::abort();  // A test holds the table and the enumeration together.
}

}  // namespace postern::api
