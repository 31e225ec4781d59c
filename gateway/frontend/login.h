// An agent comes in: the connection phase, who it is, where it may go.
#ifndef POSTERN_GATEWAY_FRONTEND_LOGIN_H_
#define POSTERN_GATEWAY_FRONTEND_LOGIN_H_

#include <absl/status/statusor.h>

#include <asio/awaitable.hpp>
#include <memory>
#include <string>

#include "common/mysql/capabilities.h"
#include "gateway/frontend/agent_channel.h"
#include "gateway/frontend/services.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Greets a new connection and sees its login through. On success the agent has its OK, the session is recorded as open and
// counted among the live ones. On failure it has its ERR, the same for whatever was wrong with its identity.
// The caller limits the time.
asio::awaitable<absl::StatusOr<LoggedIn>> LogIn(const Services& services, AgentChannel& channel, uint32_t connection_id);

// COM_CHANGE_USER on a connection with these capabilities: a new login on the same connection.
asio::awaitable<absl::StatusOr<LoggedIn>> ChangeUser(const Services& services, AgentChannel& channel,
                                                     uint32_t connection_id, mysql::Capabilities capabilities,
                                                     std::string command);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_LOGIN_H_
