#include "gateway/api/admin_service.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/api/requests.h"
#include "gateway/approval/approvals.h"
#include "gateway/catalog/catalogs.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/policy/in_force.h"
#include "gateway/tunnel/relays.h"

namespace postern::api {
namespace {

// The longest that a call waits for a schema; the caller's own deadline may be nearer.
constexpr absl::Duration kRefreshPatience = absl::Minutes(2);

}  // namespace

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
  for (v1::TargetStatus& target : parts_.relays.TargetStatuses()) {
    std::optional<v1::CatalogStatus> catalog = parts_.catalogs.StatusOf(target.name());
    if (catalog) *target.mutable_catalog() = *std::move(catalog);
    *status.add_targets() = std::move(target);
  }
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

grpc::ServerUnaryReactor* AdminService::RefreshCatalog(grpc::CallbackServerContext* context,
                                                       const v1::RefreshCatalogRequest* request,
                                                       v1::CatalogStatus* response) {
  const absl::Time deadline = std::min(absl::FromChrono(context->deadline()), absl::Now() + kRefreshPatience);
  return calls_.Dispatch({context, Rpc::kRefreshCatalog, {request->target(), ""}, Check(*request)},
                         [this, request, deadline, response](const identity::Principal&) {
                           return Refresh(request->target(), deadline, *response);
                         });
}

absl::Status AdminService::Refresh(const std::string& target, absl::Time deadline, v1::CatalogStatus& answer) {
  // Each holds a worker's thread: one at a time, so that the others are there for whoever calls meanwhile.
  if (refreshing_.exchange(true)) return absl::ResourceExhaustedError("another refresh is under way; try again");
  const uint64_t ticket = parts_.catalogs.Refresh(target);
  absl::Status done = absl::NotFoundError("there is no such target");
  if (ticket != 0) done = parts_.catalogs.AwaitFresh(target, ticket, deadline).status();
  refreshing_ = false;
  if (!done.ok()) return done;
  answer = parts_.catalogs.StatusOf(target).value_or(v1::CatalogStatus());
  return absl::OkStatus();
}

}  // namespace postern::api
