// The database connection, opened when the first statement needs it.
#ifndef POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_
#define POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_

#include <asio/awaitable.hpp>
#include <optional>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::frontend {

// True when a door is open and the server behind it reads text as the errand was read. Otherwise the agent has been
// answered.
asio::awaitable<bool> OpenDoor(SessionState& s, Errand& errand);

// How a server reads text that comes in `charset`; none where we cannot read as it does.
std::optional<sql::Dialect> DialectOf(const v1::ServerFacts& server, sql::Charset charset);

// How the open door's server reads text right after the relay pinned the session. REQUIRES: an open door.
std::optional<sql::Dialect> PinnedDialect(const SessionState& s);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_OPEN_DOOR_H_
