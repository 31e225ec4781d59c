// Stopping what a session's door runs, from the relay's second connection.
#include <absl/time/clock.h>

#include <utility>

#include "gateway/tunnel/connected_relays.h"

namespace postern::tunnel {

void ConnectedRelays::Kill(const std::string& session_id, v1::KillSession::Scope scope,
                           absl::AnyInvocable<void(absl::Status)> done) {
  v1::GatewayCommand command;
  std::shared_ptr<RelayLine> line;
  uint64_t request = 0;
  {
    Lock lock(mutex_);
    const auto door = doors_.find(session_id);
    if (door != doors_.end()) {
      line = door->second.line;
      request = next_kill_++;
      kills_.emplace(request, PendingKill{line, absl::Now() + options_.kill_timeout, std::move(done)});
    }
  }
  if (line == nullptr) return done(absl::NotFoundError("the session has no open door"));
  command.mutable_kill_session()->set_session_id(session_id);
  command.mutable_kill_session()->set_scope(scope);
  command.mutable_kill_session()->set_request_id(request);
  if (line->Send(std::move(command))) return;
  v1::KillResult lost;
  lost.set_request_id(request);
  lost.set_error("the relay's connection was lost");
  OnKillResult(line, lost);
}

void ConnectedRelays::OnKillResult(const std::shared_ptr<RelayLine>& line, const v1::KillResult& result) {
  absl::AnyInvocable<void(absl::Status)> done;
  {
    Lock lock(mutex_);
    const auto kill = kills_.find(result.request_id());
    if (kill == kills_.end() || kill->second.line != line) return;
    done = std::move(kill->second.done);
    kills_.erase(kill);
  }
  done(result.done() ? absl::OkStatus() : absl::UnavailableError(result.error()));
}

}  // namespace postern::tunnel
