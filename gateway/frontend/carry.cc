#include "gateway/frontend/carry.h"

#include "gateway/frontend/catch_up.h"
#include "gateway/frontend/forward.h"
#include "gateway/frontend/hold.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/open_door.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {

asio::awaitable<bool> Carry(SessionState& s, Errand& errand) {
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
    const bool approved = co_await WaitForApproval(s, errand);
    if (!approved) co_return false;
  }
  const bool open = co_await OpenDoor(s, errand);
  if (!open) co_return false;
  // Recording, people and relays take their time: what was decided must still hold.
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
