// Drivers prepare a session as they connect: SET autocommit, SET NAMES. Before there is a door such a statement is
// recorded and answered here, and runs first thing when another statement opens the door. So a driver that connects and
// is refused everything it asks for has not touched the database.
#ifndef POSTERN_GATEWAY_FRONTEND_POSTPONE_H_
#define POSTERN_GATEWAY_FRONTEND_POSTPONE_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/judge.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Only for what any server takes and whose effect is known here: autocommit, and a character set by its bare name.
bool CanWait(const SessionState& s, const Judged& judged);

// Records, answers, keeps. REQUIRES: CanWait.
asio::awaitable<void> Postpone(SessionState& s, Judged& judged);

// Runs, in their order, what was kept, each decided again. If one does not run as it was answered the session ends.
// REQUIRES: s.door, and s.dialect as the relay pinned it.
asio::awaitable<void> RunPostponed(SessionState& s);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_POSTPONE_H_
