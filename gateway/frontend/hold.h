// What is held goes to people: the statement waits on the wire until they decide, or is refused with a ticket.
#ifndef POSTERN_GATEWAY_FRONTEND_HOLD_H_
#define POSTERN_GATEWAY_FRONTEND_HOLD_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// True when the statement may run now, after its ticket was used if errand.ticket names one. Otherwise the agent has been
// answered. What waits is bound to what the errand holds: while it does, nothing else runs in the session, so neither text,
// parameters, schema nor modes can move. A ticket is bound by a digest over all of it.
asio::awaitable<bool> AskReviewers(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_HOLD_H_
