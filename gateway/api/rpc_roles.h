// The one list of the RPCs that people call: who may, and whether each call is written to the journal before it acts.
//
// RelayLink is not here: relays prove themselves with certificates, not with tokens.
#ifndef POSTERN_GATEWAY_API_RPC_ROLES_H_
#define POSTERN_GATEWAY_API_RPC_ROLES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/postern/v1/access.pb.h"

namespace postern::api {

enum class Rpc : uint8_t {
  kWhoAmI,
  kCreateToken,
  kListTokens,
  kRevokeToken,
  kListApprovals,
  kGetApproval,
  kWatchApprovals,
  kApprove,
  kDeny,
  kStartTask,
  kGetTask,
  kListTasks,
  kExtendTask,
  kEndTask,
  kListSessions,
  kGetSession,
  kReplaySession,
  kExportSessions,
  kTerminateSession,
  kCheckPolicy,
  kGetPolicy,
  kApplyPolicy,
  kListPolicyVersions,
  kRollbackPolicy,
  kExplainPolicy,
  kGetStatus,
  kReload,
  kRefreshCatalog,
  kCreateJoinToken,
  kListRelays,
  kRevokeRelay,
  kRunVerification,
  kListVerifications,
};

// Roles that open an RPC, any one of which is enough.
struct RoleSet {
  // Agents too, for what is their own: the service sees to that.
  bool agent = false;
  bool any_person = false;
  bool reviewer = false;
  bool auditor = false;
  bool admin = false;

  bool Admits(const std::vector<v1::Role>& roles) const;
  // "admin", "reviewer, auditor or admin".
  std::string Names() const;
};

struct RpcRule {
  Rpc rpc;
  // As in the protos: "Access/CreateToken".
  std::string_view name;
  RoleSet roles;
  // Whether the call is in the journal, as an AdminAction, before it does or shows anything. Refusals always are. A
  // vote is recorded by the approvals themselves.
  bool recorded;
};

std::span<const RpcRule> RpcRules();
const RpcRule& RuleOf(Rpc rpc);

// "reviewer, admin"; "no role".
std::string RoleNames(const std::vector<v1::Role>& roles);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_RPC_ROLES_H_
