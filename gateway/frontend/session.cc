#include "gateway/frontend/session.h"

#include <absl/status/status.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "common/mysql/commands.h"
#include "common/observability/log.h"
#include "gateway/frontend/agent_channel.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/login.h"
#include "gateway/frontend/serve.h"
#include "gateway/frontend/session_state.h"
#include "gateway/frontend/transaction.h"

namespace postern::frontend {
namespace {

// What follows a session on its connection: nothing, or another login.
struct Next {
  std::string change_user;
  mysql::Capabilities capabilities = 0;
};

// The task's deadline, which may have moved away since.
void GuardDeadline(SessionState& s) {
  const absl::Duration left = s.login.task->deadline() - absl::Now();
  if (left <= absl::ZeroDuration()) return s.End(EndingFor("deadline"));
  s.lifetime.Arm(left, [&s] { GuardDeadline(s); });
}

void Begin(SessionState& s) {
  s.login.handle->state = &s;
  s.channel->ReadAhead(s.services.options.packet_bytes, [&s] { s.End({.reason = "disconnect"}); });
  GuardDeadline(s);
  if (!s.login.handle->end_reason.empty()) s.End(EndingFor(s.login.handle->end_reason));
}

asio::awaitable<absl::StatusOr<Packet>> NextCommand(SessionState& s) {
  const absl::Duration idle = std::min(s.login.task->terms().idle, s.services.options.idle_timeout);
  s.step.Arm(idle, [&s] { s.End(EndingFor("idle")); });
  auto packet = co_await s.channel->Read(0);
  s.StepDone();
  co_return packet;
}

// The agent was not waiting for an answer, so it reads this when it sends its next command.
asio::awaitable<void> SayWhy(SessionState& s) {
  if (s.ending->error_code == 0 || s.channel->lost()) co_return;
  mysql::ErrPacket why{s.ending->error_code, "HY000", s.ending->error_message};
  co_await AnswerErr(s, 0, std::move(why));
}

// The last packet of an agent that is already gone: it says goodbye, or nobody waits for its answer.
bool IsQuit(const Packet& packet) {
  return packet.payload.size() == 1 && packet.payload[0] == static_cast<std::byte>(mysql::Command::kQuit);
}

Ending EndingOf(const absl::Status& read_failure) {
  if (absl::IsUnavailable(read_failure)) return {.reason = "disconnect"};
  return {.reason = "protocol error", .error_code = 1835, .error_message = std::string(read_failure.message())};
}

asio::awaitable<void> Finish(SessionState& s) {
  EndTransaction(s, s.ending->reason);
  if (s.door) s.door->Close();
  co_await s.login.registration->Close(s.ending->reason, s.statements);
}

asio::awaitable<Next> RunSession(const Services& services, std::shared_ptr<AgentChannel> channel, LoggedIn login) {
  SessionState s(services, std::move(channel), std::move(login));
  Begin(s);
  // At least once: an end asked for during login is told like any other.
  do {
    const auto packet = co_await NextCommand(s);
    if (packet.ok() && s.channel->lost() && !IsQuit(*packet)) {
      s.End({.reason = "disconnect"});
    } else if (packet.ok()) {
      s.login.task->Busy();
      co_await Serve(s, *packet);
      s.login.task->Rest(absl::Now());
    } else {
      if (!s.ending) s.End(EndingOf(packet.status()));
      co_await SayWhy(s);
    }
  } while (!s.ending);
  co_await Finish(s);
  co_return Next{std::move(s.change_user), s.login.capabilities};
}

}  // namespace

asio::awaitable<void> ServeConnection(const Services& services, asio::ip::tcp::socket socket, uint32_t connection_id) {
  auto channel = std::make_shared<AgentChannel>(std::move(socket), services.options.handshake_bytes,
                                                services.options.write_timeout);
  Watchdog patience(channel->executor());
  const auto give_up = [channel] { channel->Close(); };

  patience.Arm(services.options.login_timeout, give_up);
  auto login = co_await LogIn(services, *channel, connection_id);
  while (login.ok()) {
    patience.Calm();
    Next next = co_await RunSession(services, channel, *std::move(login));
    if (next.change_user.empty()) break;
    patience.Arm(services.options.login_timeout, give_up);
    login = co_await ChangeUser(services, *channel, connection_id, next.capabilities, std::move(next.change_user));
  }
  if (!login.ok()) log::Debug("no login", {{"peer", channel->peer_address()}, {"error", login.status()}});
  co_await channel->LingerAndClose();
}

}  // namespace postern::frontend
