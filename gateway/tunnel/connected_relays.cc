#include "gateway/tunnel/connected_relays.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "gateway/tunnel/peer_name.h"
#include "proto/postern/v1/relay.grpc.pb.h"

namespace postern::tunnel {
namespace {

// A tunnel says its session in its first message, which the relay has ready when it dials.
constexpr absl::Duration kFirstMessageTimeout = absl::Seconds(10);

// Ends a call that may not begin. gRPC deletes it through OnDone.
template <class Request, class Response>
class RefusedCall : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit RefusedCall(const absl::Status& why) {
    this->Finish(grpc::Status(static_cast<grpc::StatusCode>(why.code()), std::string(why.message())));
  }
  void OnDone() override { delete this; }
};

absl::Status TooManyRelays() {
  return absl::ResourceExhaustedError("there are as many relays as limits.relays lets");
}

}  // namespace

struct ConnectedRelays::Service
    : v1::RelayLink::WithCallbackMethod_Register<v1::RelayLink::WithRawCallbackMethod_Tunnel<
          v1::RelayLink::WithCallbackMethod_ReportCatalog<v1::RelayLink::Service>>> {
  explicit Service(ConnectedRelays& owner) : relays(owner) {}

  grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>* Register(grpc::CallbackServerContext* call) override {
    return relays.Register(call);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Tunnel(grpc::CallbackServerContext* call) override {
    return relays.Tunnel(call);
  }
  grpc::ServerReadReactor<v1::CatalogChunk>* ReportCatalog(grpc::CallbackServerContext* call,
                                                           v1::CatalogReceived* answer) override {
    return relays.ReportCatalog(call, answer);
  }

  ConnectedRelays& relays;
};

ConnectedRelays::ConnectedRelays(std::map<std::string, std::vector<std::string>> grants, DoorEvents& events,
                                 RelaysOptions options)
    : grants_(std::move(grants)),
      events_(events),
      options_(std::move(options)),
      service_(std::make_unique<Service>(*this)),
      pulse_([this] { Beat(); }) {}

ConnectedRelays::~ConnectedRelays() {
  Shutdown();
  if (pulse_.joinable()) pulse_.join();
}

grpc::Service* ConnectedRelays::service() { return service_.get(); }

grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>* ConnectedRelays::Register(
    grpc::CallbackServerContext* call) {
  // Asked under the lock: who is revoked meanwhile is either told so here or found by CutOff.
  Lock lock(mutex_);
  absl::StatusOr<std::string> name = options_.peer_name ? options_.peer_name(*call) : RelayNameOf(*call);
  if (shut_down_) name = absl::UnavailableError("the gateway is stopping");
  std::erase_if(lines_, [](const auto& line) { return line.expired(); });
  // Twice as many lines as relays: one that comes back may do so before its old line was missed.
  if (name.ok() && lines_.size() >= 2 * options_.relays) name = TooManyRelays();
  if (!name.ok()) return new RefusedCall<v1::RelayEvent, v1::GatewayCommand>(name.status());
  const std::shared_ptr<RelayLine> line = RelayLine::Start(call, *std::move(name), *this);
  lines_.push_back(line);
  return line.get();
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ConnectedRelays::Tunnel(grpc::CallbackServerContext* call) {
  Lock lock(mutex_);
  absl::StatusOr<std::string> name = options_.peer_name ? options_.peer_name(*call) : RelayNameOf(*call);
  if (shut_down_) name = absl::UnavailableError("the gateway is stopping");
  if (!name.ok()) return new RefusedCall<grpc::ByteBuffer, grpc::ByteBuffer>(name.status());
  const std::shared_ptr<TunnelStream> stream = TunnelStream::Start(
      call, *std::move(name),
      [this](std::shared_ptr<TunnelStream> started, v1::Chunk first) { OnTunnelFirst(started, first); },
      [this](const TunnelStream* done) { OnTunnelDone(done); });
  strangers_.push_back(stream);
  return stream.get();
}

bool ConnectedRelays::Granted(const std::string& relay, const std::string& target) const {
  const auto names = grants_.find(target);
  if (names == grants_.end()) return false;
  if (std::find(names->second.begin(), names->second.end(), relay) != names->second.end()) return true;
  return options_.also_granted && options_.also_granted(relay, target);
}

size_t ConnectedRelays::CutOff(const std::string& relay) {
  std::vector<std::shared_ptr<RelayLine>> lines;
  std::vector<std::shared_ptr<CatalogStream>> reports;
  size_t doors = 0;
  {
    Lock lock(mutex_);
    for (const Report& report : reports_) {
      if (std::shared_ptr<CatalogStream> stream = report.stream.lock(); stream != nullptr && report.relay == relay) reports.push_back(std::move(stream));
    }
    for (const std::weak_ptr<RelayLine>& known : lines_) {
      std::shared_ptr<RelayLine> line = known.lock();
      if (line != nullptr && line->name() == relay) lines.push_back(std::move(line));
    }
    for (const auto& [session, door] : doors_) doors += door.line->name() == relay ? 1 : 0;
  }
  for (const auto& line : lines) line->End(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "the relay was revoked"), true);
  for (const auto& report : reports) report->End(absl::PermissionDeniedError("the relay was revoked"));
  return doors;
}

void ConnectedRelays::Shutdown() {
  std::vector<std::weak_ptr<RelayLine>> lines;
  std::vector<std::weak_ptr<TunnelStream>> streams;
  std::vector<Report> reports;
  {
    Lock lock(mutex_);
    shut_down_ = true;
    lines = std::exchange(lines_, {});
    streams = std::exchange(strangers_, {});
    reports = std::exchange(reports_, {});
    for (const auto& [session, door] : doors_) streams.push_back(door.stream);
  }
  stop_.notify_all();
  for (const auto& stream : streams) {
    if (const auto alive = stream.lock()) alive->Close(absl::UnavailableError("the gateway is stopping"));
  }
  for (const Report& report : reports) {
    if (const auto alive = report.stream.lock()) alive->End(absl::UnavailableError("the gateway is stopping"));
  }
  for (const auto& line : lines) {
    if (const auto alive = line.lock()) {
      alive->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the gateway is stopping"), false);
    }
  }
}

void ConnectedRelays::Beat() {
  const absl::Duration step = std::min(options_.heartbeat_interval, absl::Seconds(1)) / 2;
  absl::Time next_heartbeat = absl::Now();
  std::unique_lock lock(mutex_);
  while (!shut_down_) {
    stop_.wait_for(lock, absl::ToChronoMilliseconds(step));
    if (shut_down_) return;
    lock.unlock();
    BeatOnce(absl::Now(), next_heartbeat);
    lock.lock();
  }
}

void ConnectedRelays::BeatOnce(absl::Time now, absl::Time& next_heartbeat) {
  std::vector<std::shared_ptr<RelayLine>> lines;
  std::vector<std::shared_ptr<TunnelStream>> nameless;
  std::vector<PendingKill> late;
  std::vector<std::shared_ptr<CatalogStream>> slow;
  {
    Lock lock(mutex_);
    std::erase_if(lines_, [](const auto& line) { return line.expired(); });
    for (const auto& line : lines_) lines.push_back(line.lock());
    std::erase_if(strangers_, [&](const auto& stranger) {
      std::shared_ptr<TunnelStream> stream = stranger.lock();
      if (stream == nullptr || stream->matched()) return true;
      if (now - stream->started_at() < kFirstMessageTimeout) return false;
      nameless.push_back(std::move(stream));
      return true;
    });
    std::erase_if(reports_, [](const auto& report) { return report.stream.expired(); });
    for (const Report& report : reports_) {
      std::shared_ptr<CatalogStream> stream = report.stream.lock();
      const absl::Duration patience = report.target.empty() ? kFirstMessageTimeout : options_.catalog_timeout;
      if (stream != nullptr && now - stream->started_at() > patience) slow.push_back(std::move(stream));
    }
    for (auto kill = kills_.begin(); kill != kills_.end();) {
      if (kill->second.deadline > now) {
        ++kill;
        continue;
      }
      late.push_back(std::move(kill->second));
      kill = kills_.erase(kill);
    }
  }
  for (const auto& stream : nameless) stream->Close(absl::DeadlineExceededError("no session named in time"));
  for (const auto& stream : slow) stream->End(absl::DeadlineExceededError("the report took too long"));
  for (PendingKill& kill : late) kill.done(absl::DeadlineExceededError("the relay did not answer in time"));
  const bool heartbeat = now >= next_heartbeat;
  if (heartbeat) next_heartbeat = now + options_.heartbeat_interval;
  v1::GatewayCommand beat;
  beat.mutable_heartbeat()->set_sent_at_unix_ms(absl::ToUnixMillis(now));
  for (const auto& line : lines) {
    if (line == nullptr) continue;
    if (now - line->last_heard() > options_.heartbeat_interval * 2.5) {
      line->End(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "no heartbeat"), true);
    } else if (heartbeat && IsWelcome(line)) {
      line->Send(beat);
    }
  }
}

std::unique_ptr<Relays> MakeRelays(std::map<std::string, std::vector<std::string>> grants, DoorEvents& events,
                                   RelaysOptions options) {
  return std::make_unique<ConnectedRelays>(std::move(grants), events, std::move(options));
}

}  // namespace postern::tunnel
