#include "gateway/frontend/refusal.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "common/text/utf8.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/outcome.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kRefused = 1142;        // ER_TABLEACCESS_DENIED_ERROR
constexpr uint16_t kRefusedPrivilege = 1227;  // ER_SPECIFIC_ACCESS_DENIED_ERROR
constexpr uint16_t kTimeLimit = 3024;      // ER_QUERY_TIMEOUT
constexpr uint16_t kInterrupted = 1317;    // ER_QUERY_INTERRUPTED
constexpr uint16_t kLimitReached = 1226;     // ER_USER_LIMIT_REACHED
constexpr uint16_t kMalformed = 1835;      // ER_MALFORMED_PACKET
constexpr uint16_t kUnavailable = 1105;    // ER_UNKNOWN_ERROR: no number of MySQL means "the way there is closed"

// Clients cut messages near 512 bytes; the bracket must survive.
constexpr size_t kMaxTextBytes = 400;

std::string WithBracket(std::string message, const Errand& errand, std::string_view keys) {
  if (message.size() > kMaxTextBytes) message = std::string(text::CutUtf8(message, kMaxTextBytes)) + "…";
  absl::StrAppend(&message, " [postern ", absl::string_view(keys.data(), keys.size()));
  if (!errand.record.statement_id().empty()) absl::StrAppend(&message, " statement=", errand.record.statement_id());
  return message + "]";
}

std::string What(const Errand& errand) {
  std::string verb = errand.record.verb().empty() ? "statement" : errand.record.verb();
  std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::toupper(c); });
  std::replace(verb.begin(), verb.end(), '_', ' ');
  return errand.record.verb().empty() ? "statement" : verb;
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
  // Nobody said no: there is nobody to ask.
  if (errand.decision.rule() == kTargetUnknown) {
    return {{kUnavailable, "HY000",
             WithBracket(absl::StrCat("Postern cannot run this statement now: ", errand.decision.reason(), "."), errand,
                         absl::StrCat("decision=unavailable rule=", kTargetUnknown, " retry=same-statement"))}};
  }
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("Postern refused this ", What(errand), ": ", errand.decision.reason()), errand,
                       absl::StrCat("decision=deny rule=", errand.decision.rule()))}};
}

Refusal NotApproved(const SessionState& s, const Errand& errand, const std::string& approval_id,
                    const approval::Resolution& how, absl::Duration wait) {
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
               WithBracket(absl::StrCat("Nobody approved this ", What(errand), " within ", absl::FormatDuration(wait), ", so it did not run."), errand,
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

Refusal HeldAsTicket(const Errand& errand, const v1::Approval& approval) {
  const uint32_t needed = approval.approvals_needed();
  const std::string until = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(approval.expires_at_unix_ms()), absl::UTCTimeZone());
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("This ", What(errand), " waits for ", needed, needed == 1 ? " approval" : " approvals", " until ", until,
                                    " and did not run. Once it is approved, send the very same statement again within ",
                                    absl::FormatDuration(absl::Seconds(approval.window_seconds())), ": it then runs, once",
                                    approval.in_transaction() ? ", in this transaction only." : "."),
                       errand, absl::StrCat("decision=held rule=", errand.decision.rule(), " approval=", approval.id(),
                                            " retry=same-statement"))}};
}

Refusal TicketDenied(const Errand& errand, const v1::Approval& approval) {
  const v1::Vote& vote = approval.votes(approval.votes_size() - 1);
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("Reviewer ", vote.reviewer(), " denied this ", What(errand), ": ", vote.reason()), errand,
                       absl::StrCat("decision=denied rule=", errand.decision.rule(), " approval=", approval.id()))}};
}

Refusal TicketUsedUp(const Errand& errand) {
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("The approval of this ", What(errand),
                                    " was used by the same statement sent before it, or is over. Send it again to ask anew."),
                       errand, absl::StrCat("decision=used rule=", errand.decision.rule(), " approval=", errand.ticket,
                                            " retry=same-statement"))}};
}

Refusal NotHeld(const Errand& errand, std::string_view why) {
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("This ", What(errand), " could not be held for approval: ",
                                    absl::string_view(why.data(), why.size())),
                       errand, absl::StrCat("decision=void rule=", errand.decision.rule()))}};
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

Refusal SchemaMoved(const Errand& errand) {
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("The target's schema changed after this ", What(errand), " was decided, or cannot be read now, so it did "
                                    "not run and no approval of it holds. Send it again."),
                       errand, "decision=stale rule=not-resolved retry=same-statement")}};
}

Refusal Contradiction(const Errand& errand, std::string_view why) {
  return {{kRefused, "42000",
           WithBracket(absl::StrCat("Postern withheld the result of this ", What(errand), ": ",
                                    absl::string_view(why.data(), why.size()),
                                    ". Columns are masked here, and the schema may have changed. Send it again; if "
                                    "that does not help, give derived tables and their columns other names."),
                       errand, "decision=withheld rule=masked-column retry=same-statement")},
          v1::Outcome::RESULT_WITHHELD};
}

Refusal ResultCut(const SessionState& s, const Errand& errand) {
  std::vector<std::string> bounds;
  const auto bound = [&](const std::optional<uint64_t>& most, absl::string_view of) {
    if (most) bounds.push_back(absl::StrCat(*most, " ", of));
  };
  bound(errand.limits.max_rows, "rows by policy");
  bound(errand.limits.max_bytes, "bytes by policy");
  const policy::BudgetTerms& budget = s.login.task->terms().budget;
  bound(budget.rows, "rows for the whole task");
  bound(budget.bytes, "bytes for the whole task");
  return {{kLimitReached, "42000",
           WithBracket(absl::StrCat("The result of this ", What(errand), " was cut: it may have at most ",
                                    absl::StrJoin(bounds, ", "), ". Ask for less."),
                       errand, absl::StrCat("decision=cut rule=", errand.decision.rule()))},
          v1::Outcome::RESULT_ERROR};
}

Refusal MaskedValuesUsedUp(const SessionState& s, const Errand& errand) {
  return {{kLimitReached, "42000",
           WithBracket(absl::StrCat("The result of this ", What(errand), " was cut: this task's budget of ",
                                    s.login.task->terms().budget.masked_values.value_or(0),
                                    " masked values is used up. What is still needed takes a new task."),
                       errand, "decision=cut rule=budget")},
          v1::Outcome::RESULT_ERROR};
}

Refusal ChangedTooMuch(const Errand& errand) {
  return {{kLimitReached, "42000",
           WithBracket(absl::StrCat("This ", What(errand), " changed more than ", errand.limits.max_affected_rows.value_or(0),
                                    " rows, so the session ends and its transaction is rolled back."),
                       errand, absl::StrCat("decision=rolled-back rule=", errand.decision.rule()))},
          v1::Outcome::RESULT_ERROR};
}

Refusal TimedOut(const Errand& errand) {
  const std::string_view limit = errand.limits.max_execution_time ? "its rule's max_execution_time or limits.statement_timeout"
                                                                  : "limits.statement_timeout";
  return {{kTimeLimit, "HY000",
           WithBracket(absl::StrCat("This ", What(errand), " ran longer than ", absl::string_view(limit.data(), limit.size()),
                                    " and was stopped."), errand,
                       "decision=stopped rule=limits")},
          v1::Outcome::RESULT_ERROR};
}

Refusal SessionEnded(const SessionState& s, const Errand& errand) {
  const std::string why = s.ending->error_message.empty() ? absl::StrCat("The session ended (", s.ending->reason, ")")
                                                          : s.ending->error_message;
  return {{s.ending->error_code, "HY000",
           WithBracket(absl::StrCat(why, ". The statement did not run."), errand,
                       absl::StrCat("decision=ended session=", s.login.session_id))}};
}

mysql::ErrPacket ReplyBroken(const SessionState& s, const Errand& errand) {
  return {s.ending->error_code, "HY000",
          WithBracket(s.ending->error_message, errand, absl::StrCat("decision=ended session=", s.login.session_id))};
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
  outcome.set_error(text::ValidUtf8(refusal.error.message));
  Conclude(s, errand, std::move(outcome));
  co_await AnswerErr(s, errand.answer_sequence(), std::move(refusal.error));
}

}  // namespace postern::frontend
