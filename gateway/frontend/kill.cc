#include "gateway/frontend/kill.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/mysql/message/command.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/judge.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/serve.h"
#include "gateway/policy/decision.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kNoSuchThread = 1094;  // ER_NO_SUCH_THREAD

}  // namespace

asio::awaitable<void> Kill(SessionState& s, Errand& errand, const sql::KillFacts& kill) {
  const absl::Status recorded = co_await RecordStatement(s, errand);
  if (!recorded.ok()) co_return co_await Refuse(s, errand, RecordingFailed(errand, recorded));
  const bool names_connection = kill.id && !kill.by_query_id && !kill.by_user;
  const auto found = names_connection ? s.services.live.FindForKill(*kill.id, s.login.who.name, s.login.target)
                                      : std::optional<LiveSessions::Entry>();
  if (!found) {
    co_return co_await Refuse(
        s, errand,
        RefusalWith(kNoSuchThread, "HY000",
                    absl::StrCat("Unknown thread id: ", kill.id.value_or(0),
                                 " [postern decision=refused rule=kill statement=", errand.record.statement_id(), "]")));
  }
  if (kill.query_only) {
    found->interrupt();
  } else {
    found->end("killed");
  }
  v1::Outcome outcome;
  outcome.set_result(v1::Outcome::RESULT_OK);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerOk(s, errand.answer_sequence());
}

asio::awaitable<void> ServeProcessKill(SessionState& s, Packet packet) {
  const auto command = mysql::ComProcessKill::Decode(packet.payload);
  Errand errand = NewErrand(s, mysql::Command::kProcessKill, packet.last_sequence);
  if (!command.ok()) co_return co_await Refuse(s, errand, Malformed(errand, command.status()));
  errand.record.set_verb("kill");
  errand.record.set_text(absl::StrCat("KILL ", command->connection_id));
  SetDecision(errand, policy::Decision::Allow(policy::builtin::kKill));
  const sql::KillFacts kill{.id = command->connection_id};
  co_await Kill(s, errand, kill);
}

}  // namespace postern::frontend
