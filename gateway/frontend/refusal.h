// How a command ends when it does not end well: the answer an agent can act on, and the outcome in the record.
//
// Every text says what was refused, by which rule and what would be let through, then one bracket of key=value for programs:
// [postern decision=deny rule=never statement=stm_…]. Error numbers are those of design: 1142 for a refusal, 3024 for a
// time limit, 1317 for an interruption.
#ifndef POSTERN_GATEWAY_FRONTEND_REFUSAL_H_
#define POSTERN_GATEWAY_FRONTEND_REFUSAL_H_

#include <absl/status/status.h>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "common/mysql/message/response.h"
#include "gateway/approval/approvals.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::frontend {

// Built-in rule of the front end, beside those of policy/decision.h: no relay can reach the target's server now.
inline constexpr char kTargetUnknown[] = "target-unknown";

struct Refusal {
  mysql::ErrPacket error;
  v1::Outcome::Result result = v1::Outcome::RESULT_REFUSED;
};

// For what needs no more words than these.
Refusal RefusalWith(uint16_t code, std::string sqlstate, std::string message);
Refusal RecordingFailed(const Errand& errand, const absl::Status& why);
Refusal DeniedByPolicy(const Errand& errand);
// `wait`: how long it waited for a decision at most.
Refusal NotApproved(const SessionState& s, const Errand& errand, const std::string& approval_id,
                    const approval::Resolution& how, absl::Duration wait);
Refusal HeldAsTicket(const Errand& errand, const v1::Approval& approval);
Refusal TicketDenied(const Errand& errand, const v1::Approval& approval);
Refusal TicketUsedUp(const Errand& errand);
Refusal NotHeld(const Errand& errand, std::string_view why);
Refusal DoorFailed(const SessionState& s, const Errand& errand, const absl::Status& why);
Refusal ServerChanged(const Errand& errand);
Refusal PolicyChanged(const Errand& errand);
Refusal SchemaMoved(const Errand& errand);
// The result is not what the statement's reading predicted, so it was withheld.
Refusal Contradiction(const Errand& errand, std::string_view why);
// Its result was more than the policy lets the agent have: it got as much, and this.
Refusal ResultCut(const SessionState& s, const Errand& errand);
// Its result showed more different masked values than the task may see: it got as much, and this.
Refusal MaskedValuesUsedUp(const SessionState& s, const Errand& errand);
// It changed more rows than its rule lets: the session ends, and with it the transaction is rolled back.
Refusal ChangedTooMuch(const Errand& errand);
// The statement was stopped for its time; it may have been undone or not have run.
Refusal TimedOut(const Errand& errand);
// For a statement whose reply broke off: it may or may not have run. REQUIRES: s.ending.
mysql::ErrPacket ReplyBroken(const SessionState& s, const Errand& errand);
// For a statement that did not run, since the session ended. REQUIRES: s.ending.
Refusal SessionEnded(const SessionState& s, const Errand& errand);
// What the agent sent is not what its command should hold.
Refusal Malformed(const Errand& errand, const absl::Status& why);

// Answers with the ERR and records the outcome. The connection and its transaction stay usable.
asio::awaitable<void> Refuse(SessionState& s, Errand& errand, Refusal refusal);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_REFUSAL_H_
