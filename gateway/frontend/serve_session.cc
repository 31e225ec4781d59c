#include <absl/strings/str_cat.h>

#include <string>
#include <utility>

#include "common/mysql/message/command.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/carry.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/judge.h"
#include "gateway/frontend/dialect_of.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/serve.h"
#include "gateway/frontend/transaction.h"
#include "gateway/policy/decide.h"

namespace postern::frontend {
asio::awaitable<void> ServeInitDb(SessionState& s, Packet packet) {
  Errand errand = NewErrand(s, mysql::Command::kInitDb, packet.last_sequence);
  const auto init = mysql::ComInitDb::Decode(packet.payload);
  if (!init.ok()) co_return co_await Refuse(s, errand, Malformed(errand, init.status()));
  const std::string schema(init->schema);
  JudgeUse(s, errand, schema);
  errand.payload = [&](mysql::Capabilities) { return init->Encode(); };
  const bool replied = co_await Carry(s, errand);
  if (replied && !s.walker.summary().error) s.schema = schema;
}

asio::awaitable<void> ServePing(SessionState& s, Packet packet) {
  co_await AnswerOk(s, static_cast<uint8_t>(packet.last_sequence + 1));
}

asio::awaitable<void> ServeStatistics(SessionState& s, Packet packet) {
  const auto sequence = static_cast<uint8_t>(packet.last_sequence + 1);
  std::string text = absl::StrCat("Postern session ", s.login.session_id, "  Statements: ", s.statements);
  co_await AnswerRaw(s, sequence, std::move(text));
}

// Temporary tables, locks, variables, prepared statements and the open transaction go; schema and login stay. The relay does
// the reset itself, because it must pin the session again.
asio::awaitable<void> ServeReset(SessionState& s, Packet packet) {
  Errand errand = NewErrand(s, mysql::Command::kResetConnection, packet.last_sequence);
  SetDecision(errand, policy::Decision::Allow(policy::builtin::kStartup));
  const absl::Status recorded = co_await RecordStatement(s, errand);
  if (!recorded.ok()) co_return co_await Refuse(s, errand, RecordingFailed(errand, recorded));
  if (s.ending) co_return co_await Refuse(s, errand, SessionEnded(s, errand));
  s.prepared = {};
  s.postponed.clear();
  s.settings.clear();
  EndTransaction(s, "its connection was reset");
  if (s.door) {
    s.waiting = Waiting::kReply;
    s.step.Arm(s.services.options.open_timeout, [&s] { s.End(ServerStalled()); });
    const auto status_flags = co_await s.door->Reset(s.schema);
    s.waiting = Waiting::kNothing;
    s.StepDone();
    if (!status_flags.ok()) {
      s.End({.reason = "relay lost", .error_code = 1158, .error_message = "The database connection could not be reset"});
      co_return co_await Refuse(s, errand, SessionEnded(s, errand));
    }
    s.status_flags = *status_flags;
    if (const auto dialect = PinnedDialect(s)) s.dialect = *dialect;
  } else {
    s.status_flags = mysql::server_status::kAutocommit;
  }
  v1::Outcome outcome;
  outcome.set_result(v1::Outcome::RESULT_OK);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerOk(s, errand.answer_sequence());
}

asio::awaitable<void> ServeSetOption(SessionState& s, Packet packet) {
  Errand errand = NewErrand(s, mysql::Command::kSetOption, packet.last_sequence);
  const auto option = mysql::ComSetOption::Decode(packet.payload);
  if (!option.ok()) co_return co_await Refuse(s, errand, Malformed(errand, option.status()));
  const bool on = option->option == mysql::ComSetOption::kMultiStatementsOn;
  const bool allowed = !on || policy::MultiStatementsAllowed(*s.services.policy.Current(), s.Facts());
  SetDecision(errand,
              allowed ? policy::Decision::Allow(policy::builtin::kMultiStatements)
                      : policy::Decision::Deny(policy::builtin::kMultiStatements,
                                               "no rule with multi_statements: true covers this agent and target; send "
                                               "statements one by one"));
  if (!allowed) co_return co_await Refuse(s, errand, DeniedByPolicy(errand));
  if (s.door) {
    errand.payload = [&](mysql::Capabilities) { return option->Encode(); };
    const bool replied = co_await Carry(s, errand);
    if (replied) s.multi_statements = on && !s.walker.summary().error;
    co_return;
  }
  s.multi_statements = on;
  v1::Outcome outcome;
  outcome.set_result(v1::Outcome::RESULT_OK);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerEof(s, errand.answer_sequence());
}

asio::awaitable<void> ServeChangeUser(SessionState& s, Packet packet) {
  s.change_user.assign(mysql::AsText(packet.payload));
  s.End({.reason = "change user"});
  co_return;
}

}  // namespace postern::frontend
