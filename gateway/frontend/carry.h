// The one path of a statement: record, hold, open the door, forward, answer, record the outcome. Whatever a command is, if
// it reaches a database it went through here.
#ifndef POSTERN_GATEWAY_FRONTEND_CARRY_H_
#define POSTERN_GATEWAY_FRONTEND_CARRY_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Takes a decided command to its end; the agent has its answer when this completes. True when the server's reply went
// through whole (an error of the server is a reply): it is in s.walker.summary().
asio::awaitable<bool> Carry(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_CARRY_H_
