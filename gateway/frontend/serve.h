// What each command does. One function per verb, each completing when the agent has its answer.
#ifndef POSTERN_GATEWAY_FRONTEND_SERVE_H_
#define POSTERN_GATEWAY_FRONTEND_SERVE_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/agent_channel.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

using Packet = AgentChannel::Packet;

// Any command packet: the one way in.
asio::awaitable<void> Serve(SessionState& s, Packet packet);

// serve_query.cc
asio::awaitable<void> ServeQuery(SessionState& s, Packet packet);
asio::awaitable<void> ServeFieldList(SessionState& s, Packet packet);

// serve_prepared.cc
asio::awaitable<void> ServePrepare(SessionState& s, Packet packet);
asio::awaitable<void> ServeExecute(SessionState& s, Packet packet);
asio::awaitable<void> ServeFetch(SessionState& s, Packet packet);
asio::awaitable<void> ServeLongData(SessionState& s, Packet packet);
asio::awaitable<void> ServeStmtReset(SessionState& s, Packet packet);
asio::awaitable<void> ServeStmtClose(SessionState& s, Packet packet);

// serve_session.cc
asio::awaitable<void> ServeInitDb(SessionState& s, Packet packet);
asio::awaitable<void> ServeReset(SessionState& s, Packet packet);
asio::awaitable<void> ServeSetOption(SessionState& s, Packet packet);
asio::awaitable<void> ServeChangeUser(SessionState& s, Packet packet);
asio::awaitable<void> ServePing(SessionState& s, Packet packet);
asio::awaitable<void> ServeStatistics(SessionState& s, Packet packet);

// kill.cc
asio::awaitable<void> ServeProcessKill(SessionState& s, Packet packet);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SERVE_H_
