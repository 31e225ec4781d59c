// How a session gets its door: a relay is asked on its line, and answers with a tunnel.
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <absl/strings/escaping.h>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <cstdlib>
#include <utility>

#include "gateway/tunnel/connected_relays.h"
#include "gateway/tunnel/stream_door.h"

namespace postern::tunnel {
namespace {

// The relay gives up first and says why; ours is for a relay that says nothing.
constexpr absl::Duration kRelayGrace = absl::Milliseconds(500);

std::string NewNonce() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) std::abort();
  return absl::BytesToHexString({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

bool SameSecret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

v1::GatewayCommand OpenCommand(const DoorRequest& request, const std::string& nonce) {
  v1::GatewayCommand command;
  v1::OpenSession& open = *command.mutable_open_session();
  open.set_session_id(request.session_id);
  open.set_nonce(nonce);
  open.set_target(request.target);
  open.set_agent(request.agent);
  open.set_task_id(request.task_id);
  open.set_capabilities(request.capabilities);
  open.set_collation(request.collation);
  open.set_schema(request.schema);
  open.set_open_timeout_ms(static_cast<uint32_t>(absl::ToInt64Milliseconds(request.open_timeout)));
  for (const auto& [name, value] : request.attributes) (*open.mutable_attributes())[name] = value;
  return command;
}

absl::Status StatusOf(const v1::OpenFailed& failed) {
  switch (failed.reason()) {
    case v1::OpenFailed::REASON_REFUSED: return absl::PermissionDeniedError(failed.message());
    case v1::OpenFailed::REASON_UNSUITABLE: return absl::FailedPreconditionError(failed.message());
    case v1::OpenFailed::REASON_TIMEOUT: return absl::DeadlineExceededError(failed.message());
    case v1::OpenFailed::REASON_UNREACHABLE:
    case v1::OpenFailed::REASON_UNSPECIFIED:
    case v1::OpenFailed_Reason_OpenFailed_Reason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OpenFailed_Reason_OpenFailed_Reason_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return absl::UnavailableError(failed.message());
}

absl::Status HasDoorAlready() { return absl::FailedPreconditionError("the session has a door already"); }
absl::Status Cancelled() { return absl::CancelledError("the session has ended"); }

}  // namespace

std::vector<std::shared_ptr<RelayLine>> ConnectedRelays::LinesFor(const std::string& target) {
  std::vector<std::shared_ptr<RelayLine>> lines;
  Lock lock(mutex_);
  for (const auto& [name, relay] : relays_) {
    for (const std::string& served : relay.targets) {
      if (served == target) lines.push_back(relay.line);
    }
  }
  if (!lines.empty()) std::rotate(lines.begin(), lines.begin() + next_line_++ % lines.size(), lines.end());
  return lines;
}

asio::awaitable<absl::StatusOr<std::unique_ptr<Door>>> ConnectedRelays::Open(DoorRequest request) {
  {
    Lock lock(mutex_);
    if (!wishes_.emplace(request.session_id, false).second) co_return HasDoorAlready();
  }
  OpenOutcome outcome = co_await OpenThroughAny(request);
  {
    Lock lock(mutex_);
    wishes_.erase(request.session_id);
  }
  if (outcome.stream == nullptr) co_return outcome.status;
  v1::Opened& opened = outcome.opened;
  OpenedDoor about{outcome.stream->relay(), opened.thread_id(), opened.capabilities(), std::move(*opened.mutable_server()),
                   static_cast<uint16_t>(opened.status_flags()), absl::Milliseconds(opened.took_ms())};
  co_return std::make_unique<StreamDoor>(std::move(outcome.stream), std::move(about));
}

asio::awaitable<ConnectedRelays::OpenOutcome> ConnectedRelays::OpenThroughAny(const DoorRequest& request) {
  OpenOutcome outcome{absl::UnavailableError("no relay for this target is connected"), true, nullptr, {}};
  for (const std::shared_ptr<RelayLine>& line : LinesFor(request.target)) {
    outcome = co_await OpenThrough(line, request);
    if (!outcome.try_another) break;
  }
  co_return outcome;
}

asio::awaitable<ConnectedRelays::OpenOutcome> ConnectedRelays::OpenThrough(std::shared_ptr<RelayLine> line,
                                                                           const DoorRequest& request) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto opening = std::make_shared<Opening>(executor);
  opening->nonce = NewNonce();
  opening->line = line;
  {
    Lock lock(mutex_);
    const auto door = doors_.find(request.session_id);
    const bool has_door = door != doors_.end() && !door->second.stream->closed();
    if (has_door) co_return OpenOutcome{HasDoorAlready(), false, nullptr, {}};
    if (wishes_.at(request.session_id)) co_return OpenOutcome{Cancelled(), false, nullptr, {}};
    openings_.insert_or_assign(request.session_id, opening);
  }
  if (!line->Send(OpenCommand(request, opening->nonce))) {
    Settle(request.session_id, opening, {absl::UnavailableError("the relay's connection was lost"), true, nullptr, {}});
  }
  asio::steady_timer timer(executor, absl::ToChronoMilliseconds(request.open_timeout + kRelayGrace));
  timer.async_wait([this, opening, session_id = request.session_id](const asio::error_code& cancelled) {
    if (cancelled) return;
    Settle(session_id, opening,
           {absl::DeadlineExceededError("the database connection took too long"), false, nullptr, {}});
  });
  OpenOutcome outcome = co_await opening->outcome.Take();
  if (outcome.stream != nullptr) outcome.stream->Attach(executor);
  co_return outcome;
}

void ConnectedRelays::Settle(const std::string& session_id, const std::shared_ptr<Opening>& opening,
                             OpenOutcome outcome) {
  {
    Lock lock(mutex_);
    const auto entry = openings_.find(session_id);
    if (entry == openings_.end() || entry->second != opening) return;
    openings_.erase(entry);
  }
  opening->outcome.Put(std::move(outcome));
}

void ConnectedRelays::CancelOpen(const std::string& session_id) {
  std::shared_ptr<Opening> opening;
  {
    Lock lock(mutex_);
    if (const auto wish = wishes_.find(session_id); wish != wishes_.end()) wish->second = true;
    const auto entry = openings_.find(session_id);
    if (entry == openings_.end()) return;
    opening = entry->second;
    openings_.erase(entry);
  }
  opening->outcome.Put({Cancelled(), false, nullptr, {}});
}

void ConnectedRelays::OnOpenRefused(const std::shared_ptr<RelayLine>& line, const v1::OpenRefused& refused) {
  std::shared_ptr<Opening> opening;
  {
    Lock lock(mutex_);
    const auto entry = openings_.find(refused.session_id());
    if (entry == openings_.end() || entry->second->line != line) return;
    opening = entry->second;
    openings_.erase(entry);
  }
  opening->outcome.Put({absl::UnavailableError(refused.error()), true, nullptr, {}});
}

void ConnectedRelays::OnTunnelFirst(const std::shared_ptr<TunnelStream>& stream, const v1::Chunk& first) {
  if (first.has_opened()) return OnTunnelOpened(stream, first.opened());
  if (first.has_open_failed()) return OnTunnelOpenFailed(stream, first.open_failed());
  stream->Finish(absl::InvalidArgumentError("no session named"),
                 grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the first message must name a session"));
}

std::shared_ptr<ConnectedRelays::Opening> ConnectedRelays::TakeOpening(const std::string& session_id,
                                                                       const std::string& nonce,
                                                                       const std::string& relay) {
  Lock lock(mutex_);
  const auto entry = openings_.find(session_id);
  if (entry == openings_.end()) return nullptr;
  std::shared_ptr<Opening> opening = entry->second;
  if (!SameSecret(opening->nonce, nonce) || opening->line->name() != relay) return nullptr;
  openings_.erase(entry);
  return opening;
}

void ConnectedRelays::OnTunnelOpened(const std::shared_ptr<TunnelStream>& stream, const v1::Opened& opened) {
  const std::shared_ptr<Opening> opening = TakeOpening(opened.session_id(), opened.nonce(), stream->relay());
  if (opening == nullptr) {
    return stream->Finish(absl::NotFoundError("nobody waits for this session"),
                          grpc::Status(grpc::StatusCode::NOT_FOUND, "nobody waits for this session"));
  }
  stream->SetMatched();
  bool line_alive = false;
  {
    Lock lock(mutex_);
    const auto relay = relays_.find(stream->relay());
    line_alive = relay != relays_.end() && relay->second.line == opening->line && !shut_down_;
    if (line_alive) doors_[opened.session_id()] = {stream, opening->line};
  }
  if (!line_alive) {
    const absl::Status lost = absl::UnavailableError("the relay's connection to the gateway was lost");
    stream->Close(lost);
    return opening->outcome.Put({lost, true, nullptr, {}});
  }
  opening->outcome.Put({absl::OkStatus(), false, stream, opened});
}

void ConnectedRelays::OnTunnelOpenFailed(const std::shared_ptr<TunnelStream>& stream, const v1::OpenFailed& failed) {
  const std::shared_ptr<Opening> opening = TakeOpening(failed.session_id(), failed.nonce(), stream->relay());
  if (opening != nullptr) opening->outcome.Put({StatusOf(failed), false, nullptr, {}});
  stream->Finish(absl::CancelledError("the door did not open"), grpc::Status::OK);
}

void ConnectedRelays::OnTunnelDone(const TunnelStream* stream) {
  std::shared_ptr<TunnelStream> dropped;  // after the lock is released
  Lock lock(mutex_);
  for (auto door = doors_.begin(); door != doors_.end(); ++door) {
    if (door->second.stream.get() != stream) continue;
    dropped = std::move(door->second.stream);
    doors_.erase(door);
    return;
  }
}

}  // namespace postern::tunnel
