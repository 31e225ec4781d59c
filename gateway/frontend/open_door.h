// The database connection, opened when the first statement needs it.
#ifndef POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_
#define POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// True when a door is open and the server behind it reads text as the errand was read. Otherwise the agent has been
// answered.
asio::awaitable<bool> OpenDoor(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_
