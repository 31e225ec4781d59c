// What the gateway tells of its relays and targets.
#include <algorithm>
#include <utility>

#include "gateway/tunnel/connected_relays.h"

namespace postern::tunnel {

size_t ConnectedRelays::open_doors() const {
  Lock lock(mutex_);
  return doors_.size();
}

std::optional<v1::ServerFacts> ConnectedRelays::ServerOf(std::string_view target) const {
  Lock lock(mutex_);
  for (const auto& [name, relay] : relays_) {
    const auto report = relay.reports.find(target);
    if (report != relay.reports.end() && report->second.reachable()) return report->second.server();
  }
  return std::nullopt;
}

std::vector<v1::RelayStatus> ConnectedRelays::RelayStatuses() const {
  std::vector<v1::RelayStatus> statuses;
  Lock lock(mutex_);
  for (const auto& [name, relay] : relays_) {
    v1::RelayStatus& status = statuses.emplace_back();
    status.set_name(name);
    status.set_version(relay.version);
    status.set_connected_at_unix_ms(absl::ToUnixMillis(relay.line->connected_at()));
    status.mutable_targets()->Assign(relay.targets.begin(), relay.targets.end());
    const auto doors = std::count_if(doors_.begin(), doors_.end(),
                                     [&](const auto& door) { return door.second.line == relay.line; });
    status.set_doors(static_cast<uint32_t>(doors));
  }
  return statuses;
}

std::vector<v1::TargetStatus> ConnectedRelays::TargetStatuses() const {
  std::vector<v1::TargetStatus> statuses;
  Lock lock(mutex_);
  for (const auto& [target, names] : grants_) {
    v1::TargetStatus& status = statuses.emplace_back();
    status.set_name(target);
    status.set_error("no relay for it is connected");
    for (const auto& [name, relay] : relays_) {
      if (std::find(relay.targets.begin(), relay.targets.end(), target) == relay.targets.end()) continue;
      status.add_relays(name);
      const auto report = relay.reports.find(target);
      if (status.ready()) continue;
      if (report == relay.reports.end()) {
        status.set_error("the relay has not reached the database yet");
        continue;
      }
      status.set_ready(report->second.reachable());
      status.set_error(report->second.error());
      if (report->second.reachable()) *status.mutable_server() = report->second.server();
    }
  }
  return statuses;
}

}  // namespace postern::tunnel
