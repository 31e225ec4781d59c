// Schemas: asking relays for them, and who may report which.
#include <algorithm>
#include <utility>

#include "common/observability/log.h"
#include "gateway/tunnel/connected_relays.h"
#include "gateway/tunnel/peer_name.h"

namespace postern::tunnel {
namespace {

// A report that may not begin. gRPC deletes it through OnDone.
class RefusedReport : public grpc::ServerReadReactor<v1::CatalogChunk> {
 public:
  explicit RefusedReport(const absl::Status& why) {
    Finish(grpc::Status(static_cast<grpc::StatusCode>(why.code()), std::string(why.message())));
  }
  void OnDone() override { delete this; }
};

}  // namespace

absl::Status ConnectedRelays::RefreshCatalog(const std::string& target) {
  if (options_.catalogs == nullptr) return absl::UnimplementedError("this gateway keeps no schemas");
  v1::GatewayCommand command;
  *command.mutable_refresh_catalog() = options_.catalogs->Wish(target);
  std::vector<std::shared_ptr<RelayLine>> lines;
  {
    Lock lock(mutex_);
    for (const auto& [name, relay] : relays_) {
      if (std::find(relay.targets.begin(), relay.targets.end(), target) != relay.targets.end())
        lines.push_back(relay.line);
    }
  }
  for (const auto& line : lines) {
    if (line->Send(command)) return absl::OkStatus();
  }
  return absl::UnavailableError("no relay for it is connected");
}

void ConnectedRelays::AskForCatalogs(const std::shared_ptr<RelayLine>& line, const std::vector<std::string>& targets) {
  if (options_.catalogs == nullptr) return;
  for (const std::string& target : targets) {
    v1::GatewayCommand command;
    *command.mutable_refresh_catalog() = options_.catalogs->Wish(target);
    line->Send(std::move(command));
  }
}

grpc::ServerReadReactor<v1::CatalogChunk>* ConnectedRelays::ReportCatalog(grpc::CallbackServerContext* call,
                                                                          v1::CatalogReceived* answer) {
  absl::StatusOr<std::string> name = options_.peer_name ? options_.peer_name(*call) : RelayNameOf(*call);
  Lock lock(mutex_);
  if (shut_down_) name = absl::UnavailableError("the gateway is stopping");
  if (options_.catalogs == nullptr) name = absl::UnimplementedError("this gateway keeps no schemas");
  std::erase_if(reports_, [](const auto& report) { return report.stream.expired(); });
  const auto of_relay = std::count_if(reports_.begin(), reports_.end(),
                                      [&](const auto& report) { return name.ok() && report.relay == *name; });
  if (of_relay >= kMaxReportsOfRelay) name = absl::ResourceExhaustedError("too many reports of this relay at once");
  if (!name.ok()) return new RefusedReport(name.status());
  const std::shared_ptr<CatalogStream> stream = CatalogStream::Start(
      *name, answer,
      [this](const std::shared_ptr<CatalogStream>& started, const v1::CatalogBegin& begin) {
        return AdmitReport(started, begin);
      },
      [this](const CatalogStream& failed, const absl::Status& why) {
        options_.catalogs->Failed(failed.relay(), failed.target(), why);
      });
  reports_.push_back({*name, "", stream});
  return stream.get();
}

absl::StatusOr<std::unique_ptr<IncomingCatalog>> ConnectedRelays::AdmitReport(
    const std::shared_ptr<CatalogStream>& stream, const v1::CatalogBegin& begin) {
  if (!Granted(stream->relay(), begin.target())) {
    log::Warning("schema not taken: not this relay's target", {{"relay", stream->relay()}});
    return absl::PermissionDeniedError("the target is not granted to this relay");
  }
  std::shared_ptr<CatalogStream> replaced;
  {
    Lock lock(mutex_);
    for (Report& report : reports_) {
      const std::shared_ptr<CatalogStream> other = report.stream.lock();
      if (other == stream) {
        report.target = begin.target();
      } else if (report.relay == stream->relay() && report.target == begin.target()) {
        replaced = other;
      }
    }
  }
  // One at a time; of a relay that comes back, the older is of a connection that is not missed yet.
  if (replaced != nullptr) replaced->End(absl::AbortedError("replaced by a newer report"));
  return options_.catalogs->Begin(stream->relay(), begin);
}

}  // namespace postern::tunnel
