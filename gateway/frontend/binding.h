// What a ticket is bound to, as one digest: docs/approvals.md draws the bytes.
#ifndef POSTERN_GATEWAY_FRONTEND_BINDING_H_
#define POSTERN_GATEWAY_FRONTEND_BINDING_H_

#include <string>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// SHA-256, in hex. Two errands have the same one only if the same agent would have the same bytes run, on the same target,
// for the same task, read the same way, in the same state of session, transaction and schema, and held on the same terms.
// REQUIRES: the errand is held.
std::string BindingOf(const SessionState& s, const Errand& errand);

// Remembers what a SET that ran has changed of what statements mean. The character set, the modes and autocommit are followed
// elsewhere. `forwarded` is what ran; of `several` statements `facts` are the first one's.
void NoteSettings(SessionState& s, const sql::Facts& facts, std::string_view forwarded, bool several = false);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_BINDING_H_
