// A held statement that does not wait: it is refused at once, and runs when it is sent again after it was approved.
#ifndef POSTERN_GATEWAY_FRONTEND_TICKET_H_
#define POSTERN_GATEWAY_FRONTEND_TICKET_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// True when an approved ticket is bound to just this: it is in errand.ticket, to be used. Otherwise the agent has been
// answered; where there was no ticket yet, reviewers now have one before them.
asio::awaitable<bool> PresentTicket(SessionState& s, Errand& errand);

// The last step before the statement goes out. True for one statement in all; otherwise the agent has been answered.
asio::awaitable<bool> UseTicket(SessionState& s, Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_TICKET_H_
