// KILL of one of the agent's own sessions, answered by the gateway: the text never reaches a database.
#ifndef POSTERN_GATEWAY_FRONTEND_KILL_H_
#define POSTERN_GATEWAY_FRONTEND_KILL_H_

#include <asio/awaitable.hpp>

#include "common/sql/facts/facts.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// The id is that of our greeting, or the server's thread id as CONNECTION_ID() tells it. Another agent's session, or none,
// is ERR 1094 alike.
asio::awaitable<void> Kill(SessionState& s, Errand& errand, const sql::KillFacts& kill);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_KILL_H_
