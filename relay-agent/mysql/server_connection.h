// A connection to a target's database, logged in and pinned, made just in time for one session.
#ifndef POSTERN_RELAY_AGENT_MYSQL_SERVER_CONNECTION_H_
#define POSTERN_RELAY_AGENT_MYSQL_SERVER_CONNECTION_H_

#include <absl/status/statusor.h>

#include <asio/awaitable.hpp>
#include <memory>
#include <string>
#include <variant>

#include "common/mysql/capabilities.h"
#include "common/mysql/message/handshake.h"
#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/credential/account.h"
#include "relay-agent/mysql/pinned_session.h"
#include "relay-agent/mysql/server_socket.h"
#include "relay-agent/mysql/target.h"

namespace postern::relay {

// What the session wants of it.
struct ConnectionWish {
  mysql::Capabilities agent_capabilities = 0;
  uint32_t collation = 0;
  std::string schema;  // empty: the target's own
  std::string role;    // empty: the account's default roles
  mysql::ConnectionAttributes attributes;
};

struct ServerConnection {
  mysql::Capabilities capabilities = 0;
  PinnedSession session;
};

// Why there is none. The message holds no secret, user name or address.
struct ConnectionFailure {
  v1::OpenFailed::Reason reason = v1::OpenFailed::REASON_UNREACHABLE;
  std::string message;
  uint32_t server_errno = 0;
};

using ConnectionResult = std::variant<ServerConnection, ConnectionFailure>;

// Dials, does TLS, logs in, takes the role and pins. Ends early, as unreachable, when the socket is closed.
asio::awaitable<ConnectionResult> ConnectToServer(ServerSocket& socket, const Target& target, std::shared_ptr<const Login> login,
                                                ConnectionWish wish);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_SERVER_CONNECTION_H_
