#include "gateway/frontend/postpone.h"

#include <absl/strings/str_cat.h>

#include <string>
#include <utility>
#include <vector>

#include "common/mysql/message/command.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/follow.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

// More of them open the door: they are no driver's greeting.
constexpr size_t kMostPostponed = 16;

// What the server answers to a postponed statement is for us alone.
class Nowhere final : public mysql::ResponseSink {
 public:
  void Pass(mysql::Bytes) override {}
};

bool SetsOnly(const sql::Facts& facts, std::string_view name) {
  return facts.variables.size() == 1 && facts.variables.front().set && facts.variables.front().name == name;
}

absl::Status AsAnswered(const mysql::ReplySummary& reply) {
  return reply.error ? absl::FailedPreconditionError(reply.error->message) : absl::OkStatus();
}

asio::awaitable<absl::Status> Run(SessionState& s, const std::string& statement) {
  const mysql::CommandInfo& command = mysql::FindCommand(static_cast<uint8_t>(mysql::Command::kQuery));
  const auto capabilities = static_cast<mysql::Capabilities>(s.door->opened().capabilities);
  std::string wire;
  uint8_t next = 0;
  mysql::AppendPacket(wire, mysql::AsBytes(mysql::ComQuery{.attributes = {}, .sql = statement}.Encode(capabilities)), next);
  s.walker.Begin(command.reply, static_cast<uint8_t>(next - 1), 0);
  absl::Status status = co_await s.door->Send(std::move(wire));
  Nowhere nowhere;
  while (status.ok() && !s.walker.done()) {
    auto piece = co_await s.door->Receive();
    status = piece.ok() ? s.walker.Feed(piece->bytes, nowhere) : piece.status();
  }
  if (!status.ok()) co_return status;
  Follow(s, command.reply);
  co_return AsAnswered(s.walker.summary());
}

}  // namespace

bool CanWait(const SessionState& s, const Judged& judged) {
  const sql::Facts& facts = judged.facts;
  if (s.door || judged.is_batch || !judged.errand.decision.allowed() || !facts.session.harmless_startup) return false;
  if (facts.verb != sql::Verb::kSet || s.postponed.size() >= kMostPostponed) return false;
  if (facts.session.autocommit) return SetsOnly(facts, "autocommit");
  return facts.session.charset && facts.session.collation.empty() && SetsOnly(facts, "names");
}

asio::awaitable<void> Postpone(SessionState& s, Judged& judged) {
  Errand& errand = judged.errand;
  const absl::Status recorded = co_await RecordStatement(s, errand);
  if (!recorded.ok()) co_return co_await Refuse(s, errand, RecordingFailed(errand, recorded));
  if (s.ending) co_return co_await Refuse(s, errand, SessionEnded(s, errand));
  if (const auto& autocommit = judged.facts.session.autocommit) {
    s.status_flags &= static_cast<uint16_t>(~mysql::server_status::kAutocommit);
    if (*autocommit) s.status_flags |= mysql::server_status::kAutocommit;
  }
  // It runs before anything else does, or the session ends.
  NoteSettings(s, judged.facts, {errand.record.statement_id(), true});
  s.postponed.push_back({.forwarded = std::move(judged.forwarded), .facts = std::move(judged.facts)});
  v1::Outcome outcome;
  outcome.set_result(v1::Outcome::RESULT_OK);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerOk(s, errand.answer_sequence());
}

asio::awaitable<void> RunPostponed(SessionState& s) {
  s.waiting = Waiting::kReply;
  s.step.Arm(s.services.options.open_timeout, [&s] { s.End(ServerStalled()); });
  const policy::RulesPtr rules = s.services.policy.Current();
  const std::vector<Postponed> in_order = std::exchange(s.postponed, {});
  for (const Postponed& waiting : in_order) {
    absl::Status status = absl::PermissionDeniedError("policy has changed and no longer lets it run");
    const bool allowed = JudgeAgain(s, *rules, waiting.facts, s.schema).allowed();
    if (allowed) status = co_await Run(s, waiting.forwarded);
    if (s.ending) break;
    if (status.ok()) continue;
    s.End({.reason = "settings refused",
           .error_code = 1105,
           .error_message = absl::StrCat("the session's own ", waiting.forwarded, " did not run: ", status.message())});
  }
  s.waiting = Waiting::kNothing;
  s.StepDone();
}

}  // namespace postern::frontend
