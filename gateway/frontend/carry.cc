#include "gateway/frontend/carry.h"

#include "gateway/frontend/catch_up.h"
#include "gateway/frontend/forward.h"
#include "gateway/frontend/hold.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/open_door.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/ticket.h"

namespace postern::frontend {

namespace {

// A statement counts once policy lets it, or holds it, and each of a packet does; what every driver sends to start up alone does not.
void UseBudget(SessionState& s, Errand& errand) {
  if (errand.decision.denied() || errand.decision.rule() == policy::builtin::kStartup) return;
  if (!errand.command->Is(mysql::Command::kQuery) && !errand.command->Is(mysql::Command::kStmtExecute)) return;
  if (auto used_up = s.login.task->budget().BeginStatement(errand.statements)) SetDecision(errand, *std::move(used_up));
}

}  // namespace

asio::awaitable<bool> Carry(SessionState& s, Errand& errand) {
  UseBudget(s, errand);
  const absl::Status recorded = co_await RecordStatement(s, errand);
  if (!recorded.ok()) {
    co_await Refuse(s, errand, RecordingFailed(errand, recorded));
    co_return false;
  }
  if (s.ending) {
    co_await Refuse(s, errand, SessionEnded(s, errand));
    co_return false;
  }
  if (errand.decision.denied()) {
    co_await Refuse(s, errand, DeniedByPolicy(errand));
    co_return false;
  }
  if (errand.decision.held()) {
    // Nobody is asked about a statement of which nobody knows what it touches.
    if (SchemaChanged(s, errand)) {
      co_await Refuse(s, errand, SchemaMoved(errand));
      co_return false;
    }
    const bool may_run = co_await AskReviewers(s, errand);
    if (!may_run) co_return false;
  }
  const bool open = co_await OpenDoor(s, errand);
  if (!open) co_return false;
  if (!errand.ticket.empty()) {
    const bool used = co_await UseTicket(s, errand);
    if (!used) co_return false;
  }
  // Recording, people, relays and schemas take their time: after the last wait, what was decided must still hold.
  const bool waited = errand.held + errand.opening > absl::ZeroDuration();
  if (waited && NeedsFreshSchema(s, errand)) co_await Freshen(s);
  if (s.ending) {
    co_await Refuse(s, errand, SessionEnded(s, errand));
    co_return false;
  }
  if (s.services.policy.Version() != errand.record.policy_version()) {
    co_await Refuse(s, errand, PolicyChanged(errand));
    co_return false;
  }
  if (SchemaChanged(s, errand)) {
    co_await Refuse(s, errand, SchemaMoved(errand));
    co_return false;
  }
  const bool replied = co_await Forward(s, errand);
  if (errand.changes_schema) s.services.catalogs.Refresh(s.login.target);
  co_return replied;
}

}  // namespace postern::frontend
