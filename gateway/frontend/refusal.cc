#include "gateway/frontend/refusal.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "gateway/frontend/answer.h"
#include "gateway/frontend/journaling.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kRefused = 1142;        // ER_TABLEACCESS_DENIED_ERROR
constexpr uint16_t kRefusedPrivilege = 1227;  // ER_SPECIFIC_ACCESS_DENIED_ERROR
constexpr uint16_t kTimeLimit = 3024;      // ER_QUERY_TIMEOUT
constexpr uint16_t kInterrupted = 1317;    // ER_QUERY_INTERRUPTED
constexpr uint16_t kMalformed = 1835;      // ER_MALFORMED_PACKET
constexpr uint16_t kUnavailable = 1105;    // ER_UNKNOWN_ERROR: no number of MySQL means "the way there is closed"
constexpr uint16_t kLost = 2013;           // CR_SERVER_LOST

// Clients cut messages near 512 bytes; the bracket must survive.
constexpr size_t kMaxTextBytes = 400;

std::string WithBracket(std::string text, const Errand& errand, std::string_view keys) {
  if (text.size() > kMaxTextBytes) {
    size_t end = kMaxTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // between characters of UTF-8
    text.replace(end, std::string::npos, "…");
  }
  absl::StrAppend(&text, " [postern ", absl::string_view(keys.data(), keys.size()));
  if (!errand.record.statement_id().empty()) absl::StrAppend(&text, " statement=", errand.record.statement_id());
  return text + "]";
}

std::string What(const Errand& errand) {
  std::string verb = errand.record.verb().empty() ? "statement" : errand.record.verb();
  std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::toupper(c); });
  std::replace(verb.begin(), verb.end(), '_', ' ');
  return errand.record.verb().empty() ? "statement" : verb;
}

uint64_t Micros(absl::Duration duration) {
  return static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Microseconds(duration)));
}

}  // namespace

Refusal RefusalWith(uint16_t code, std::string sqlstate, std::string message) {
  return {.error = {code, std::move(sqlstate), std::move(message)}};
}

Refusal RecordingFailed(const Errand& errand, const absl::Status& why) {
  return {{kRefusedPrivilege, "42000",
           WithBracket(absl::StrCat("Postern did not run this ", What(errand),
                                    ": it cannot be recorded now (", why.message(), "). Try again later."),
                       errand, "decision=refused rule=recording retry=later")}};
}

Refusal DeniedByPolicy(const Errand& errand) {
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("Postern refused this ", What(errand), ": ", errand.decision.reason()), errand,
                       absl::StrCat("decision=deny rule=", errand.decision.rule()))}};
}

Refusal NotApproved(const SessionState& s, const Errand& errand, const std::string& approval_id,
                    const approval::Resolution& how) {
  if (s.ending) return SessionEnded(s, errand);
  const auto keys = [&](std::string_view decision) {
    return absl::StrCat("decision=", absl::string_view(decision.data(), decision.size()),
                        " rule=", errand.decision.rule(), " approval=", approval_id);
  };
  switch (how.verdict) {
    case v1::ApprovalDecided::VERDICT_DENIED:
      return {{kRefused, "42000",
               WithBracket(absl::StrCat("Reviewer ", how.reviewer, " denied this ", What(errand), ": ", how.reason), errand,
                           keys("denied"))}};
    case v1::ApprovalDecided::VERDICT_EXPIRED:
      return {{kTimeLimit, "HY000",
               WithBracket(absl::StrCat("Nobody approved this ", What(errand), " in time, so it did not run."), errand,
                           keys("expired") + " retry=same-statement")}};
    default:
      break;
  }
  if (how.verdict == v1::ApprovalDecided::VERDICT_VOID && how.reason == "killed") {
    return {{kInterrupted, "70100", WithBracket("Query execution was interrupted", errand, keys("void"))}};
  }
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("This ", What(errand), " could not be held for approval: ", how.reason), errand,
                       keys("void"))}};
}

Refusal DoorFailed(const SessionState& s, const Errand& errand, const absl::Status& why) {
  if (s.ending) return SessionEnded(s, errand);
  return {{kUnavailable, "HY000",
           WithBracket(absl::StrCat("Postern could not open a connection to ", s.login.target, ": ", why.message(),
                                    ". The statement did not run."),
                       errand, "decision=unavailable retry=same-statement")},
          v1::Outcome::RESULT_REFUSED};
}

Refusal ServerChanged(const Errand& errand) {
  return {{kUnavailable, "HY000",
           WithBracket("The database server is not what it was when this statement was read, so it did not run. "
                       "Send it again.",
                       errand, "decision=stale retry=same-statement")}};
}

Refusal PolicyChanged(const Errand& errand) {
  return {{kRefused, "42000",
           WithBracket("The policy changed after this statement was decided, so it did not run and its approval is void. "
                       "Send it again.",
                       errand, "decision=stale rule=policy-changed retry=same-statement")}};
}

Refusal TimedOut(const Errand& errand) {
  return {{kTimeLimit, "HY000",
           WithBracket(absl::StrCat("This ", What(errand), " ran longer than limits.statement_timeout and was stopped."), errand,
                       "decision=stopped rule=limits")},
          v1::Outcome::RESULT_ERROR};
}

Refusal SessionEnded(const SessionState& s, const Errand& errand) {
  return {{s.ending->error_code, "HY000",
           WithBracket(s.ending->error_message, errand, absl::StrCat("decision=ended session=", s.login.session_id))},
          v1::Outcome::RESULT_BROKEN};
}

Refusal Malformed(const Errand& errand, const absl::Status& why) {
  return {{kMalformed, "HY000",
           WithBracket(absl::StrCat("Malformed ", errand.record.command(), " packet: ", why.message()), errand,
                       "decision=refused rule=protocol")}};
}

asio::awaitable<void> Refuse(SessionState& s, Errand& errand, Refusal refusal) {
  v1::Outcome outcome;
  outcome.set_result(refusal.result);
  outcome.set_error_code(refusal.error.code);
  outcome.set_sql_state(refusal.error.sqlstate);
  outcome.set_error(refusal.error.message);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerErr(s, errand.answer_sequence(), std::move(refusal.error));
}

asio::awaitable<void> BreakOff(SessionState& s, Errand& errand, absl::Status why) {
  v1::Outcome outcome = OutcomeOf(s.walker.summary());
  outcome.set_result(v1::Outcome::RESULT_BROKEN);
  outcome.set_error(std::string(why.message()));
  outcome.set_error_code(kLost);
  const bool wire_broke = absl::IsUnavailable(why) || absl::IsCancelled(why);
  if (!s.ending) {
    s.End({.reason = s.channel->lost() ? "disconnect" : wire_broke ? "relay lost" : "protocol error",
           .error_code = kLost,
           .error_message = wire_broke ? "Lost connection to the database while the statement ran; it may or may not have run"
                                       : "The database's reply could not be followed, so it was withheld"});
  }
  outcome.set_error_code(s.ending->error_code);
  Conclude(s, errand, std::move(outcome));
  if (s.channel->lost() || !s.walker.at_packet_boundary()) co_return;
  mysql::ErrPacket error = SessionEnded(s, errand).error;
  co_await AnswerErr(s, s.walker.next_agent_sequence(), std::move(error));
}

v1::Outcome OutcomeOf(const mysql::ReplySummary& reply) {
  v1::Outcome outcome;
  outcome.set_result(reply.error ? v1::Outcome::RESULT_ERROR : v1::Outcome::RESULT_OK);
  outcome.set_rows(reply.rows);
  outcome.set_affected_rows(reply.affected_rows);
  outcome.set_result_bytes(reply.bytes);
  outcome.set_warnings(reply.warnings);
  if (reply.error) {
    outcome.set_error_code(reply.error->code);
    outcome.set_sql_state(reply.error->sqlstate);
    outcome.set_error(reply.error->message);
  }
  return outcome;
}

void Conclude(SessionState& s, const Errand& errand, v1::Outcome outcome) {
  outcome.set_statement_id(errand.record.statement_id());
  outcome.set_held_us(Micros(errand.held));
  outcome.set_open_us(Micros(errand.opening));
  outcome.set_server_us(Micros(errand.at_server));
  outcome.set_total_us(Micros(absl::Now() - errand.arrived));
  v1::Record record = NewRecord(s.login.session_id);
  *record.mutable_outcome() = std::move(outcome);
  RecordLater(s.services.journal, record);
}

}  // namespace postern::frontend
