// What connected relays say.
#include <algorithm>
#include <utility>

#include "common/observability/log.h"
#include "gateway/tunnel/connected_relays.h"

namespace postern::tunnel {
namespace {

constexpr int kMaxTargets = 4096;

}  // namespace

bool ConnectedRelays::IsWelcome(const std::shared_ptr<RelayLine>& line) const {
  Lock lock(mutex_);
  const auto relay = relays_.find(line->name());
  return relay != relays_.end() && relay->second.line == line;
}

void ConnectedRelays::OnEvent(const std::shared_ptr<RelayLine>& line, v1::RelayEvent event) {
  if (event.has_hello() == IsWelcome(line)) {
    return line->End(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "Hello comes first, and once"), false);
  }
  switch (event.event_case()) {
    case v1::RelayEvent::kHello: return OnHello(line, event.hello());
    case v1::RelayEvent::kHeartbeat: return;
    case v1::RelayEvent::kCloseProof: return OnCloseProof(line, event.close_proof());
    case v1::RelayEvent::kKillResult: return OnKillResult(line, event.kill_result());
    case v1::RelayEvent::kTargetReport: return OnTargetReport(line, std::move(*event.mutable_target_report()));
    case v1::RelayEvent::kOpenRefused: return OnOpenRefused(line, event.open_refused());
    case v1::RelayEvent::EVENT_NOT_SET: return;  // of a newer relay
  }
}

void ConnectedRelays::OnHello(const std::shared_ptr<RelayLine>& line, const v1::Hello& hello) {
  Relay relay{line, hello.version(), {}, {}};
  if (hello.targets_size() > kMaxTargets) {
    return line->End(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "too many targets"), false);
  }
  for (const std::string& target : hello.targets()) {
    if (Granted(line->name(), target)) relay.targets.push_back(target);
  }
  if (relay.targets.empty()) {
    log::Warning("relay refused: no target is granted to it", {{"relay", line->name()}});
    return line->End(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no target is granted to this relay"), false);
  }
  v1::GatewayCommand command;
  command.mutable_welcome()->set_version(POSTERN_VERSION);
  command.mutable_welcome()->mutable_accepted_targets()->Assign(relay.targets.begin(), relay.targets.end());
  command.mutable_welcome()->set_heartbeat_interval_ms(
      static_cast<uint32_t>(absl::ToInt64Milliseconds(options_.heartbeat_interval)));
  const std::vector<std::string> targets = relay.targets;
  std::shared_ptr<RelayLine> replaced;
  bool too_many = false;
  {
    Lock lock(mutex_);
    // A line that ends after this look is taken out again by OnEnded, which waits for the lock.
    if (line->ended()) return;
    too_many = relays_.size() >= options_.relays && relays_.count(line->name()) == 0;
    if (!too_many) {
      Relay& slot = relays_[line->name()];
      replaced = std::move(slot.line);
      slot = std::move(relay);
    }
  }
  if (too_many) {
    log::Warning("relay refused: limits.relays reached", {{"relay", line->name()}});
    return line->End(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many relays"), false);
  }
  // A relay that comes back before its old stream was missed.
  if (replaced != nullptr) replaced->End(grpc::Status(grpc::StatusCode::ABORTED, "replaced by a newer stream"), true);
  line->Send(std::move(command));
  AskForCatalogs(line, targets);
  log::Info("relay connected", {{"relay", line->name()}, {"version", hello.version()}});
}

void ConnectedRelays::OnEnded(const std::shared_ptr<RelayLine>& line) {
  const absl::Status lost = absl::UnavailableError("the relay's connection to the gateway was lost");
  std::vector<std::shared_ptr<Opening>> openings;
  std::vector<std::shared_ptr<TunnelStream>> streams;
  std::vector<PendingKill> kills;
  std::vector<std::string> targets;
  bool was_welcome = false;
  {
    Lock lock(mutex_);
    const auto relay = relays_.find(line->name());
    was_welcome = relay != relays_.end() && relay->second.line == line;
    if (was_welcome) {
      targets = std::move(relay->second.targets);
      relays_.erase(relay);
    }
    std::erase_if(openings_, [&](const auto& entry) {
      if (entry.second->line == line) openings.push_back(entry.second);
      return entry.second->line == line;
    });
    for (const auto& [session, door] : doors_) {
      if (door.line == line) streams.push_back(door.stream);
    }
    for (auto kill = kills_.begin(); kill != kills_.end();) {
      const bool ours = kill->second.line == line;
      if (ours) kills.push_back(std::move(kill->second));
      kill = ours ? kills_.erase(kill) : std::next(kill);
    }
  }
  for (const auto& opening : openings) opening->outcome.Put({lost, true, nullptr, {}});
  for (const auto& stream : streams) stream->Close(lost);
  for (PendingKill& kill : kills) kill.done(lost);
  // What it was asked for, another may tell.
  for (const std::string& target : targets) RefreshCatalog(target).IgnoreError();
  if (was_welcome) log::Warning("relay lost", {{"relay", line->name()}, {"doors", streams.size()}});
}

void ConnectedRelays::OnCloseProof(const std::shared_ptr<RelayLine>& line, const v1::CloseProof& proof) {
  // Where a proof is from is the recorder's to check against the session; that the relay may speak of the target, ours.
  if (!Granted(line->name(), proof.target())) {
    log::Warning("proof of close ignored: not this relay's target", {{"relay", line->name()}});
    return;
  }
  v1::GatewayCommand command;
  command.mutable_close_proof_received()->set_session_id(proof.session_id());
  command.mutable_close_proof_received()->set_thread_id(proof.thread_id());
  std::weak_ptr<RelayLine> sender = line;
  events_.OnCloseProof(line->name(), proof, [sender, command = std::move(command)](absl::Status recorded) mutable {
    const std::shared_ptr<RelayLine> alive = sender.lock();
    if (recorded.ok() && alive != nullptr) alive->Send(std::move(command));
  });
}

void ConnectedRelays::OnTargetReport(const std::shared_ptr<RelayLine>& line, v1::TargetReport report) {
  Lock lock(mutex_);
  const auto relay = relays_.find(line->name());
  if (relay == relays_.end() || relay->second.line != line) return;
  const auto& targets = relay->second.targets;
  if (std::find(targets.begin(), targets.end(), report.target()) == targets.end()) return;
  std::string target = report.target();
  relay->second.reports.insert_or_assign(std::move(target), std::move(report));
}

}  // namespace postern::tunnel
