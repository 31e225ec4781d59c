// A held statement waits on the wire until people decide.
#ifndef POSTERN_GATEWAY_FRONTEND_HOLD_H_
#define POSTERN_GATEWAY_FRONTEND_HOLD_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// True when the statement may run now. Otherwise the agent has been answered. The approval is bound to what the errand
// holds: while it waits, nothing else runs in the session, so neither text, parameters, schema nor modes can move.
asio::awaitable<bool> WaitForApproval(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_HOLD_H_
