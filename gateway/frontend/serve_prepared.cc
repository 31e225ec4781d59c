#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/mysql/message/command.h"
#include "common/text/utf8.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/carry.h"
#include "gateway/frontend/catch_up.h"
#include "gateway/frontend/judge.h"
#include "gateway/frontend/parameters.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/serve.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kUnknownStatement = 1243;   // ER_UNKNOWN_STMT_HANDLER
constexpr uint16_t kTooManyPrepared = 1461;    // ER_MAX_PREPARED_STMT_COUNT_REACHED

asio::awaitable<void> RefuseUnknown(SessionState& s, Errand& errand) {
  co_await Refuse(s, errand, RefusalWith(kUnknownStatement, "HY000", "Unknown prepared statement handler"));
}

// Preparing runs nothing: a statement that will be held may be prepared, and is held when it executes.
// A KILL is never the server's: it is answered here, for the agent's own sessions, and only as text.
void DecideToPrepare(Judged& judged) {
  if (judged.facts.kill && judged.errand.decision.allowed()) {
    SetDecision(judged.errand, policy::Decision::Deny("command", "KILL cannot be prepared; send it as a query"));
  }
  if (judged.errand.decision.held()) {
    SetDecision(judged.errand, policy::Decision::Allow(judged.errand.decision.rule()));
    judged.errand.record.set_reason("prepared only: held when executed");
  }
}

bool HasRoomFor(const SessionState& s, std::string_view text) {
  const FrontendOptions& options = s.services.options;
  return s.prepared.size() < options.prepared_statements && s.prepared.bytes() + 2 * text.size() <= options.parameter_bytes;
}

void Remember(SessionState& s, Judged& judged, const std::string& text) {
  const mysql::PrepareOk& prepared = *s.walker.summary().prepared;
  s.prepared.Add(prepared.statement_id, {.statement_id = judged.errand.record.statement_id(),
                                         .text = text,
                                         .forwarded = std::move(judged.forwarded),
                                         .facts = std::move(judged.facts),
                                         .dialect = judged.dialect,
                                         .catalog_generation = judged.errand.catalog_generation,
                                         .schema = judged.schema,
                                         .parameters = prepared.parameters});
}

// The EXECUTE with its parameters, or why it cannot be read.
absl::StatusOr<mysql::StmtExecute> DecodeExecute(const SessionState& s, const PreparedStatement& prepared,
                                                 mysql::Bytes payload) {
  std::vector<uint16_t> long_data;
  for (const auto& [index, bytes] : prepared.long_data) long_data.push_back(index);
  return mysql::StmtExecute::Decode(payload, {.capabilities = s.login.capabilities,
                                              .parameters = prepared.parameters,
                                              .last_types = prepared.last_types,
                                              .long_data = long_data});
}

std::vector<std::string> LongDataPackets(uint32_t id, const PreparedStatement& prepared) {
  std::vector<std::string> packets;
  for (const auto& [index, bytes] : prepared.long_data) {
    packets.push_back(mysql::ComStmtSendLongData{.statement_id = id, .parameter = index, .data = mysql::AsBytes(bytes)}.Encode());
  }
  return packets;
}

void DescribeExecute(const SessionState& s, Errand& errand, PreparedStatement& prepared, const mysql::StmtExecute& execute) {
  errand.record.set_text(prepared.text);
  if (prepared.forwarded != prepared.text) errand.record.set_forwarded(prepared.forwarded);
  errand.record.set_prepared_by(prepared.statement_id);
  errand.record.set_schema(text::ValidUtf8(prepared.schema));
  DescribeFacts(errand.record, prepared.facts);
  AddParameters(execute.parameters, prepared.long_data, *errand.record.mutable_parameters());
  AddParameters(execute.attributes, {}, *errand.record.mutable_query_attributes());
  JudgePrepared(s, errand, prepared);
}

// What a cursor's rows came to by earlier FETCHes counts for the statement's limits.
void TakeOff(uint64_t given, std::optional<uint64_t>& limit) {
  if (limit) *limit -= std::min(*limit, given);
}

}  // namespace

asio::awaitable<void> ServePrepare(SessionState& s, Packet packet) {
  const auto prepare = mysql::ComStmtPrepare::Decode(packet.payload);
  if (!prepare.ok()) {
    Errand errand = NewErrand(s, mysql::Command::kStmtPrepare, packet.last_sequence);
    co_return co_await Refuse(s, errand, Malformed(errand, prepare.status()));
  }
  const std::string text(prepare->sql);
  co_await CatchUp(s);
  Judged judged = Judge(s, mysql::Command::kStmtPrepare, packet.last_sequence, text);
  if (NeedsFreshSchema(s, judged.errand)) {
    co_await Freshen(s);
    judged = Judge(s, mysql::Command::kStmtPrepare, packet.last_sequence, text);
  }
  if (!HasRoomFor(s, text)) {
    co_return co_await Refuse(s, judged.errand,
                              RefusalWith(kTooManyPrepared, "42000",
                                          "The session's prepared statements are as many as limits.prepared_statements or "
                                          "as large as limits.parameter_bytes lets them be; close some"));
  }
  DecideToPrepare(judged);
  judged.errand.payload = [&](mysql::Capabilities) { return mysql::ComStmtPrepare{.sql = judged.forwarded}.Encode(); };
  const bool replied = co_await Carry(s, judged.errand);
  const bool withheld = s.masker && s.masker->withheld();
  if (replied && s.walker.summary().prepared && !withheld) Remember(s, judged, text);
}

asio::awaitable<void> ServeExecute(SessionState& s, Packet packet) {
  co_await CatchUp(s);
  Errand errand = NewErrand(s, mysql::Command::kStmtExecute, packet.last_sequence);
  const auto id = mysql::StmtExecute::DecodeId(packet.payload);
  if (!id.ok()) co_return co_await Refuse(s, errand, Malformed(errand, id.status()));
  PreparedStatement* prepared = s.prepared.Find(*id);
  if (prepared == nullptr || !s.door) co_return co_await RefuseUnknown(s, errand);
  JudgePrepared(s, errand, *prepared);
  if (NeedsFreshSchema(s, errand)) {
    co_await Freshen(s);
    prepared = s.prepared.Find(*id);
  }
  auto execute = DecodeExecute(s, *prepared, packet.payload);
  if (!execute.ok()) co_return co_await Refuse(s, errand, Malformed(errand, execute.status()));

  DescribeExecute(s, errand, *prepared, *execute);
  execute->statement_id = s.prepared.RealId(*id);
  prepared->last_types = execute->Types();
  errand.ahead = LongDataPackets(execute->statement_id, *prepared);
  errand.payload = [&](mysql::Capabilities upstream) { return execute->Encode(upstream); };
  const bool replied = co_await Carry(s, errand);
  // Used up, whether it ran or not: as on the server.
  s.prepared.DropSentAhead(*prepared);
  if (!replied) co_return;
  NoteSettings(s, prepared->facts, {errand.record.statement_id(), !s.walker.summary().error});
  prepared->cursor_open = s.walker.summary().cursor_open;
  prepared->cursor_policy = errand.record.policy_version();
  prepared->cursor_rows = prepared->cursor_bytes = 0;
  prepared->cursor_masks = s.masker ? s.masker->masks() : nullptr;
}

asio::awaitable<void> ServeFetch(SessionState& s, Packet packet) {
  co_await CatchUp(s);
  Errand errand = NewErrand(s, mysql::Command::kStmtFetch, packet.last_sequence);
  auto fetch = mysql::ComStmtFetch::Decode(packet.payload);
  if (!fetch.ok()) co_return co_await Refuse(s, errand, Malformed(errand, fetch.status()));
  PreparedStatement* prepared = s.prepared.Find(fetch->statement_id);
  if (prepared == nullptr || !s.door || !prepared->cursor_open) co_return co_await RefuseUnknown(s, errand);
  fetch->statement_id = s.prepared.RealId(fetch->statement_id);
  // The rows of a statement that was decided when it executed; policy may have changed since.
  errand.record.set_text(prepared->text);
  errand.record.set_prepared_by(prepared->statement_id);
  DescribeFacts(errand.record, prepared->facts);
  JudgePrepared(s, errand, *prepared);
  if (errand.decision.held()) {
    SetDecision(errand, policy::Decision::Allow(errand.decision.rule()).Within(errand.decision.limits()));
  }
  // The rows come under the masks of their EXECUTE, which must be those of now.
  if (errand.record.policy_version() != prepared->cursor_policy) {
    co_return co_await Refuse(s, errand, PolicyChanged(errand));
  }
  errand.cursor_masks = prepared->cursor_masks;
  TakeOff(prepared->cursor_rows, errand.limits.max_rows);
  TakeOff(prepared->cursor_bytes, errand.limits.max_bytes);
  errand.payload = [&](mysql::Capabilities) { return fetch->Encode(); };
  const bool replied = co_await Carry(s, errand);
  if (!replied) co_return;
  prepared->cursor_rows += s.walker.summary().rows;
  prepared->cursor_bytes += s.walker.summary().row_bytes;
  if (s.walker.summary().last_row_sent) prepared->cursor_masks = nullptr;
}

// No answer, as the protocol has it: what is wrong shows at the EXECUTE.
asio::awaitable<void> ServeLongData(SessionState& s, Packet packet) {
  const auto data = mysql::ComStmtSendLongData::Decode(packet.payload);
  PreparedStatement* prepared = data.ok() ? s.prepared.Find(data->statement_id) : nullptr;
  if (prepared == nullptr || data->parameter >= prepared->parameters) co_return;
  if (s.prepared.bytes() + data->data.size() > s.services.options.parameter_bytes) {
    co_return s.End({.reason = "protocol error",
                     .error_code = 1153,
                     .error_message = "prepared statements and parameters sent ahead are larger than limits.parameter_bytes"});
  }
  s.prepared.SendAhead(*prepared, data->parameter, mysql::AsText(data->data));
}

asio::awaitable<void> ServeStmtReset(SessionState& s, Packet packet) {
  Errand errand = NewErrand(s, mysql::Command::kStmtReset, packet.last_sequence);
  const auto reset = mysql::ComStmtId::Decode(packet.payload);
  if (!reset.ok()) co_return co_await Refuse(s, errand, Malformed(errand, reset.status()));
  PreparedStatement* prepared = s.prepared.Find(reset->statement_id);
  if (prepared == nullptr || !s.door) co_return co_await RefuseUnknown(s, errand);
  s.prepared.DropSentAhead(*prepared);
  prepared->cursor_open = false;
  const uint32_t id = s.prepared.RealId(reset->statement_id);
  errand.record.set_prepared_by(prepared->statement_id);
  SetDecision(errand, policy::Decision::Allow(policy::builtin::kStartup));
  errand.payload = [id](mysql::Capabilities) {
    return mysql::ComStmtId{.statement_id = id}.Encode(mysql::Command::kStmtReset);
  };
  co_await Carry(s, errand);
}

asio::awaitable<void> ServeStmtClose(SessionState& s, Packet packet) {
  const auto close = mysql::ComStmtId::Decode(packet.payload);
  if (!close.ok() || !s.prepared.Remove(s.prepared.RealId(close->statement_id)) || !s.door) co_return;
  std::string wire;
  uint8_t sequence = 0;
  mysql::AppendPacket(wire, packet.payload, sequence);
  // A stalled relay must not keep the session from ending.
  s.waiting = Waiting::kReply;
  s.step.Arm(s.services.options.open_timeout, [&s] { s.End(ServerStalled()); });
  const absl::Status sent = co_await s.door->Send(std::move(wire));
  s.waiting = Waiting::kNothing;
  s.StepDone();
  if (!sent.ok()) s.End({.reason = "relay lost"});
}

}  // namespace postern::frontend
