// The statement goes to the server and the reply streams back, a piece at a time.
#ifndef POSTERN_GATEWAY_FRONTEND_FORWARD_H_
#define POSTERN_GATEWAY_FRONTEND_FORWARD_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// REQUIRES: an open door. Sends, relays the whole reply, follows what it says of the session's state, records the
// outcome. False when the reply broke off; the agent was then answered as far as the protocol lets us, and the session ends.
// Holds no more of a result than the piece under way: an agent that does not read stops the server.
asio::awaitable<bool> Forward(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_FORWARD_H_
