// What the gateway's reading of SQL depends on, fixed on a connection and read back: character set, sql_mode and the lists
// of what the server reports when it changes.
#ifndef POSTERN_RELAY_AGENT_MYSQL_PINNED_SESSION_H_
#define POSTERN_RELAY_AGENT_MYSQL_PINNED_SESSION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/mysql/conversation.h"

namespace postern::relay {

// How a connection stands after login.
struct PinnedSession {
  v1::ServerFacts facts;
  uint64_t thread_id = 0;
  // Which server this is: a second connection must be to the same one to say anything about this one's threads.
  std::string server_identity;
  std::string charset;
  std::string collation;
  std::string role;  // empty: the account's default roles
  uint16_t status_flags = 0;
};

// After login. `charset` is one that SafeCharsetOf names. `role` is taken first, unless it is empty. FAILED_PRECONDITION: the
// server cannot be held to it; ABORTED: it refused.
asio::awaitable<absl::StatusOr<PinnedSession>> PinSession(Conversation& conversation, std::string charset, std::string role);

// COM_RESET_CONNECTION, then everything as PinSession left it, and `schema` if it is not empty. Returns the status flags.
asio::awaitable<absl::StatusOr<uint16_t>> ResetSession(Conversation& conversation, const PinnedSession& pinned,
                                                       std::string schema);

// The facts of a version text: "8.0.36-28", "10.11.6-MariaDB-log", "5.5.5-10.6.1-MariaDB".
void SetVersion(std::string_view version, v1::ServerFacts& facts);

// The SQL expression that yields PinnedSession::server_identity.
extern const char* const kServerIdentityExpression;

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_PINNED_SESSION_H_
