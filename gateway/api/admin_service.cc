#include "gateway/api/admin_service.h"

#include <utility>

#include "gateway/approval/approvals.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/policy/in_force.h"
#include "gateway/tunnel/relays.h"

namespace postern::api {

grpc::ServerUnaryReactor* AdminService::GetStatus(grpc::CallbackServerContext* context, const v1::GetStatusRequest*,
                                                  v1::Status* response) {
  return calls_.Answer({context, Rpc::kGetStatus, {}, {}}, [this, response](const identity::Principal&) {
    Fill(*response);
    return absl::OkStatus();
  });
}

void AdminService::Fill(v1::Status& status) const {
  const absl::Status journal = parts_.journal.Health();
  status.set_version(POSTERN_VERSION);
  status.set_started_at_unix_ms(absl::ToUnixMillis(parts_.started_at));
  status.set_journal_writable(journal.ok());
  status.set_journal_error(std::string(journal.message()));
  status.set_policy_version(parts_.policy.Version());
  status.set_sessions(static_cast<uint32_t>(parts_.live.size()));
  status.set_doors(static_cast<uint32_t>(parts_.relays.open_doors()));
  status.set_held(static_cast<uint32_t>(parts_.approvals.pending()));
  for (v1::RelayStatus& relay : parts_.relays.RelayStatuses()) *status.add_relays() = std::move(relay);
  for (v1::TargetStatus& target : parts_.relays.TargetStatuses()) *status.add_targets() = std::move(target);
}

grpc::ServerUnaryReactor* AdminService::Reload(grpc::CallbackServerContext* context, const v1::ReloadRequest*,
                                               v1::ReloadResponse* response) {
  return calls_.Dispatch({context, Rpc::kReload, {"policy and certificates", ""}, {}},
                         [this, response](const identity::Principal&) {
                           absl::Status reloaded = parts_.reload();
                           if (reloaded.ok()) response->set_policy_version(parts_.policy.Version());
                           return reloaded;
                         });
}

}  // namespace postern::api
