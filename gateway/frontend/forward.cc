#include "gateway/frontend/forward.h"

#include <absl/time/clock.h>

#include <functional>
#include <utility>

#include "gateway/frontend/follow.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/screen.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kInterrupted = 1317;  // ER_QUERY_INTERRUPTED

// What one piece of the reply becomes for the agent: mostly a view of the piece itself, and a copy only where the
// walker changed something.
class PieceForAgent final : public mysql::ResponseSink {
 public:
  PieceForAgent(mysql::Bytes piece, const Errand& errand) : piece_(piece), errand_(errand) {}

  void Pass(mysql::Bytes bytes) override {
    if (view_.empty() && copy_.empty() && LiesInPiece(bytes)) {
      view_ = bytes;
      return;
    }
    if (!view_.empty()) copy_.assign(mysql::AsText(std::exchange(view_, {})));
    copy_.append(mysql::AsText(bytes));
  }

  // A server says of a statement that we killed for its time what it says of any that was killed.
  std::optional<mysql::ErrPacket> OnErr(const mysql::ErrPacket& error) override {
    if (!errand_.timed_out || error.code != kInterrupted) return std::nullopt;
    return TimedOut(errand_).error;
  }

  mysql::Bytes bytes() const { return view_.empty() ? mysql::AsBytes(copy_) : view_; }

 private:
  bool LiesInPiece(mysql::Bytes bytes) const {
    const std::less_equal<const std::byte*> before;
    return before(piece_.data(), bytes.data()) && before(bytes.data() + bytes.size(), piece_.data() + piece_.size());
  }

  const mysql::Bytes piece_;
  const Errand& errand_;
  mysql::Bytes view_;
  std::string copy_;
};

// Every byte for the server, and the number of the statement's last packet.
struct Outgoing {
  std::string wire;
  uint8_t last_sequence = 0;
};

Outgoing WireFor(const SessionState& s, const Errand& errand) {
  Outgoing out;
  for (const std::string& payload : errand.ahead) {
    uint8_t sequence = 0;
    mysql::AppendPacket(out.wire, mysql::AsBytes(payload), sequence);
  }
  uint8_t next = 0;
  const auto capabilities = static_cast<mysql::Capabilities>(s.door->opened().capabilities);
  mysql::AppendPacket(out.wire, mysql::AsBytes(errand.payload(capabilities)), next);
  out.last_sequence = static_cast<uint8_t>(next - 1);
  return out;
}

// Through the masker and on to the agent.
asio::awaitable<absl::Status> WriteMasked(SessionState& s, mysql::Bytes piece) {
  std::string masked;
  while (!piece.empty()) {
    masked.clear();
    const absl::Status fed = s.masker->Feed(piece, masked);
    if (!masked.empty()) {
      absl::Status written = co_await s.channel->Write(mysql::AsBytes(masked));
      if (!written.ok()) co_return written;
    }
    if (!fed.ok()) co_return fed;
  }
  co_return absl::OkStatus();
}

asio::awaitable<absl::Status> RelayReply(SessionState& s, const Errand& errand) {
  while (!s.walker.done()) {
    auto piece = co_await s.door->Receive();
    if (!piece.ok()) co_return piece.status();
    PieceForAgent for_agent(piece->bytes, errand);
    absl::Status walked = s.walker.Feed(piece->bytes, for_agent);
    if (!walked.ok()) co_return walked;
    if (for_agent.bytes().empty()) continue;
    absl::Status written = errand.screened ? co_await WriteMasked(s, for_agent.bytes()) : co_await s.channel->Write(for_agent.bytes());
    if (!written.ok()) co_return written;
  }
  co_return absl::OkStatus();
}

// Kills the statement; a server that does not obey loses the session.
void StopForTime(SessionState& s, Errand& errand) {
  errand.timed_out = true;
  s.Interrupt();
  s.step.Arm(s.services.options.open_timeout, [&s] {
    s.End({.reason = "statement time-out",
           .error_code = 3024,
           .error_message = "The statement ran longer than limits.statement_timeout and the database did not stop it"});
  });
}

}  // namespace

asio::awaitable<bool> Forward(SessionState& s, Errand& errand) {
  Outgoing out = WireFor(s, errand);
  s.walker.Begin(errand.command->reply, out.last_sequence, errand.agent_sequence);
  Screen screen(s, errand);
  errand.screened = NeedsScreen(s, errand);
  if (errand.screened) {
    s.masker->Begin(errand.command->reply, screen, errand.answer_sequence(), errand.answer_sequence(), errand.cursor_masks);
  }
  s.waiting = Waiting::kReply;
  s.step.Arm(s.services.options.statement_timeout, [&] { StopForTime(s, errand); });
  const absl::Time since = absl::Now();
  absl::Status status = co_await s.door->Send(std::move(out.wire));
  if (status.ok()) status = co_await RelayReply(s, errand);
  errand.at_server = absl::Now() - since;
  s.StepDone();
  s.waiting = Waiting::kNothing;

  if (!status.ok()) {
    co_await BreakOff(s, errand, status);
    co_return false;
  }
  Follow(s, errand.command->reply);
  v1::Outcome outcome = OutcomeOf(s.walker.summary());
  if (errand.screened) DescribeScreening(s, errand, screen.contradiction(), outcome);
  if (!screen.contradiction().empty()) s.services.catalogs.Refresh(s.login.target);
  Conclude(s, errand, std::move(outcome));
  co_return true;
}

}  // namespace postern::frontend
