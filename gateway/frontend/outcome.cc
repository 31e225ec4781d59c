#include "gateway/frontend/outcome.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/text/utf8.h"
#include "gateway/masking/error_text.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

// ER_NET_READ_ERROR. Not 2013: clients refuse an ERR with one of their own numbers as malformed.
constexpr uint16_t kLost = 1158;

uint64_t Micros(absl::Duration duration) {
  return static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Microseconds(duration)));
}

}  // namespace

v1::Outcome OutcomeOf(const mysql::ReplySummary& reply) {
  v1::Outcome outcome;
  outcome.set_result(reply.error ? v1::Outcome::RESULT_ERROR : v1::Outcome::RESULT_OK);
  outcome.set_rows(reply.rows);
  outcome.set_affected_rows(reply.affected_rows);
  outcome.set_result_bytes(reply.bytes);
  outcome.set_warnings(reply.warnings);
  if (reply.cut) {
    outcome.set_result(v1::Outcome::RESULT_ERROR);
    outcome.set_error_code(reply.cut->code);
    outcome.set_sql_state(reply.cut->sqlstate);
    outcome.set_error(text::ValidUtf8(reply.cut->message));
  } else if (reply.error) {
    outcome.set_error_code(reply.error->code);
    outcome.set_sql_state(reply.error->sqlstate);
    outcome.set_error(text::ValidUtf8(reply.error->message));
  }
  return outcome;
}

void DescribeScreening(const SessionState& s, const Errand& errand, const std::string& contradiction, v1::Outcome& outcome) {
  for (const std::string& applied : errand.masks.applied) outcome.add_masks(text::ValidUtf8(applied));
  const masking::Findings findings = s.masker->findings();
  for (size_t kind = 0; kind < masking::kKinds; ++kind) {
    if (findings.by_kind[kind] == 0) continue;
    (*outcome.mutable_detected())[std::string(masking::KindName(static_cast<masking::Kind>(kind)))] = findings.by_kind[kind];
  }
  if (s.masker->cut()) {
    outcome.set_result(v1::Outcome::RESULT_ERROR);
    outcome.set_error_code(s.masker->cut()->code);
    outcome.set_sql_state(s.masker->cut()->sqlstate);
    outcome.set_error(s.masker->cut()->message);
  } else if (errand.masks.in_force && outcome.error_code() != 0) {
    outcome.set_error(masking::ErrorText(outcome.error_code(), outcome.error()));
  }
  if (s.masker->withheld()) {
    outcome.set_result(v1::Outcome::RESULT_WITHHELD);
    outcome.set_error_code(s.masker->withheld()->code);
    outcome.set_error(contradiction.empty() ? s.masker->withheld()->message : contradiction);
  }
}

void Conclude(SessionState& s, Errand& errand, v1::Outcome outcome) {
  if (!errand.recorded) RecordStatementLater(s, errand);
  outcome.set_statement_id(errand.record.statement_id());
  outcome.set_held_us(Micros(errand.held));
  outcome.set_open_us(Micros(errand.opening));
  outcome.set_server_us(Micros(errand.at_server));
  outcome.set_total_us(Micros(absl::Now() - errand.arrived));
  if (outcome.result() == v1::Outcome::RESULT_REFUSED) s.login.task->CountRefused();
  v1::Record record = NewRecord(s);
  *record.mutable_outcome() = std::move(outcome);
  RecordLater(s.services.journal, record);
}

asio::awaitable<void> BreakOff(SessionState& s, Errand& errand, absl::Status why) {
  v1::Outcome outcome = OutcomeOf(s.walker.summary());
  outcome.set_result(v1::Outcome::RESULT_BROKEN);
  outcome.set_error(std::string(why.message()));
  const bool wire_broke = absl::IsUnavailable(why) || absl::IsCancelled(why);
  if (!s.ending) {
    s.End({.reason = s.channel->lost() ? "disconnect" : wire_broke ? "relay lost" : "protocol error",
           .error_code = kLost,
           .error_message = wire_broke ? "Lost connection to the database while the statement ran; it may or may not have run"
                                       : "The database's reply could not be followed, so it was withheld"});
  }
  outcome.set_error_code(s.ending->error_code);
  if (errand.screened) DescribeScreening(s, errand, {}, outcome);
  Conclude(s, errand, std::move(outcome));
  const bool between_packets = errand.screened ? s.masker->at_packet_boundary() : s.walker.at_packet_boundary();
  if (s.channel->lost() || !between_packets) co_return;
  const uint8_t next = errand.screened ? s.masker->next_agent_sequence() : s.walker.next_agent_sequence();
  mysql::ErrPacket error = ReplyBroken(s, errand);
  co_await AnswerErr(s, next, std::move(error));
}

}  // namespace postern::frontend
