#include "gateway/tunnel/relay_line.h"

#include <absl/time/clock.h>
#include <grpcpp/server_context.h>

#include <utility>

namespace postern::tunnel {
namespace {

// Every session opens a door, kills and hears of its proof at most a few times; a relay this far behind is not working.
constexpr size_t kMaxQueued = 20'000;

}  // namespace

RelayLine::RelayLine(grpc::CallbackServerContext* call, std::string name, LineEvents& events)
    : call_(call),
      name_(std::move(name)),
      connected_at_(absl::Now()),
      events_(events),
      last_heard_ms_(absl::ToUnixMillis(connected_at_)) {}

std::shared_ptr<RelayLine> RelayLine::Start(grpc::CallbackServerContext* call, std::string name, LineEvents& events) {
  std::shared_ptr<RelayLine> line(new RelayLine(call, std::move(name), events));
  line->self_ = line;
  line->StartRead(&line->incoming_);
  return line;
}

bool RelayLine::Send(v1::GatewayCommand command) {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return false;
    if (outgoing_.size() < kMaxQueued) {
      outgoing_.push_back(std::move(command));
      if (!writing_) {
        writing_ = true;
        StartWrite(&outgoing_.front());
      }
      return true;
    }
  }
  End(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "the relay does not read its commands"), true);
  return false;
}

void RelayLine::End(grpc::Status status, bool at_once) {
  const std::shared_ptr<RelayLine> self = weak_from_this().lock();
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    if (at_once) call_->TryCancel();
    Reactor::Finish(std::move(status));
  }
  if (self != nullptr) events_.OnEnded(self);
}

bool RelayLine::ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

void RelayLine::OnReadDone(bool ok) {
  if (!ok) return End(grpc::Status::OK, false);
  if (ended()) return;
  last_heard_ms_ = absl::ToUnixMillis(absl::Now());
  events_.OnEvent(self_, std::exchange(incoming_, v1::RelayEvent()));
  std::lock_guard lock(mutex_);
  if (!ended_) StartRead(&incoming_);
}

void RelayLine::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  outgoing_.pop_front();
  writing_ = ok && !ended_ && !outgoing_.empty();
  if (writing_) StartWrite(&outgoing_.front());
}

void RelayLine::OnCancel() { End(grpc::Status::CANCELLED, true); }

void RelayLine::OnDone() { const std::shared_ptr<RelayLine> self = std::move(self_); }

}  // namespace postern::tunnel
