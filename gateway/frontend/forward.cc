#include "gateway/frontend/forward.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "gateway/frontend/follow.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/screen.h"
#include "gateway/frontend/transaction.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kInterrupted = 1317;  // ER_QUERY_INTERRUPTED

// What one piece of the reply becomes for the agent: mostly a view of the piece itself, and a copy only where the
// walker changed something.
class PieceForAgent final : public mysql::ResponseSink {
 public:
  PieceForAgent(SessionState& s, mysql::Bytes piece, const Errand& errand) : s_(s), piece_(piece), errand_(errand) {}

  void Pass(mysql::Bytes bytes) override {
    if (view_.empty() && copy_.empty() && LiesInPiece(bytes)) {
      view_ = bytes;
      return;
    }
    if (!view_.empty()) copy_.assign(mysql::AsText(std::exchange(view_, {})));
    copy_.append(mysql::AsText(bytes));
  }

  // What is beyond the limits the server need not send.
  mysql::ErrPacket OnCut() override {
    if (errand_.limits.max_affected_rows && s_.walker.summary().affected_rows > *errand_.limits.max_affected_rows) {
      return ChangedTooMuch(errand_).error;
    }
    s_.Interrupt();
    return ResultCut(s_, errand_).error;
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

  SessionState& s_;
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

// On to the agent, through the masker where there is something to mask.
asio::awaitable<absl::Status> HandOn(SessionState& s, const Errand& errand, mysql::Bytes piece) {
  if (!errand.screened) co_return co_await s.channel->Write(piece);
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

// One piece of the reply, as far as the task's budget reaches: what its other sessions take counts too.
absl::Status Walk(SessionState& s, mysql::Bytes piece, PieceForAgent& for_agent) {
  absl::Status walked;
  s.login.task->budget().Take([&](const tasks::BudgetLeft& left) {
    const mysql::ReplySummary& reply = s.walker.summary();
    const uint64_t rows = reply.rows;
    const uint64_t bytes = reply.row_bytes;
    s.walker.LimitRest(left.rows, left.bytes);
    walked = s.walker.Feed(piece, for_agent);
    return policy::Spending{.rows = reply.rows - rows, .bytes = reply.row_bytes - bytes};
  });
  return walked;
}

asio::awaitable<absl::Status> RelayReply(SessionState& s, const Errand& errand) {
  while (!s.walker.done()) {
    auto piece = co_await s.door->Receive();
    if (!piece.ok()) co_return piece.status();
    PieceForAgent for_agent(s, piece->bytes, errand);
    absl::Status walked = Walk(s, piece->bytes, for_agent);
    if (!walked.ok()) co_return walked;
    if (for_agent.bytes().empty()) continue;
    absl::Status written = co_await HandOn(s, errand, for_agent.bytes());
    if (!written.ok()) co_return written;
  }
  co_return absl::OkStatus();
}

// What the statement's rules let.
mysql::ReplyLimits LimitsOf(const Errand& errand) {
  mysql::ReplyLimits limits;
  if (errand.limits.max_rows) limits.rows = *errand.limits.max_rows;
  if (errand.limits.max_bytes) limits.row_bytes = *errand.limits.max_bytes;
  if (errand.limits.max_affected_rows) limits.affected_rows = *errand.limits.max_affected_rows;
  return limits;
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
  s.walker.Begin(errand.command->reply, out.last_sequence, errand.agent_sequence, LimitsOf(errand));
  std::optional<Screen> screen;
  errand.screened = NeedsScreen(s, errand);
  if (errand.screened) {
    s.masker->Begin(errand.command->reply, screen.emplace(s, errand), errand.answer_sequence(), errand.answer_sequence(), errand.cursor_masks);
  }
  s.waiting = Waiting::kReply;
  const absl::Duration longest = errand.limits.max_execution_time.value_or(absl::InfiniteDuration());
  s.step.Arm(std::min(s.services.options.statement_timeout, longest), [&] { StopForTime(s, errand); });
  const absl::Time since = absl::Now();
  absl::Status status = co_await s.door->Send(std::move(out.wire));
  if (status.ok()) status = co_await RelayReply(s, errand);
  errand.at_server = absl::Now() - since;
  s.StepDone();
  s.waiting = Waiting::kNothing;
  const mysql::ReplySummary& reply = s.walker.summary();

  if (!status.ok()) {
    co_await BreakOff(s, errand, status);
    co_return false;
  }
  const bool was_in_transaction = s.in_transaction();
  Follow(s, errand.command->reply);
  NoteTransaction(s, errand, was_in_transaction);
  if (reply.cut && errand.limits.max_affected_rows && reply.affected_rows > *errand.limits.max_affected_rows) {
    s.End({.reason = "changed too many rows",
           .error_code = 1226,
           .error_message = "The session ended so that its transaction is rolled back: a statement changed too many rows"});
  }
  v1::Outcome outcome = OutcomeOf(s.walker.summary());
  if (screen) DescribeScreening(s, errand, screen->contradiction(), outcome);
  if (screen && !screen->contradiction().empty()) s.services.catalogs.Refresh(s.login.target);
  Conclude(s, errand, std::move(outcome));
  co_return true;
}

}  // namespace postern::frontend
