// One database the relay may connect to, as its configuration says. Plain value; its sources are shared by its copies.
#ifndef POSTERN_RELAY_AGENT_MYSQL_TARGET_H_
#define POSTERN_RELAY_AGENT_MYSQL_TARGET_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/tls/client_context.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

// What one agent has in place of what the others have.
struct AgentAccount {
  std::shared_ptr<CredentialSource> credential;  // null: the target's
  std::string role;                              // empty: the target's, if the credential is too
};

struct Target {
  std::string name;
  std::string host;
  uint16_t port = 3306;
  std::shared_ptr<CredentialSource> credential;
  std::string role;      // taken with SET ROLE before an agent's first statement; empty: the account's default roles
  std::map<std::string, AgentAccount> agents;  // by name
  std::string database;  // default schema; may be empty

  tls::ClientMode tls_mode = tls::ClientMode::kVerifyFull;
  tls::PemFiles tls_files;
  // Without TLS, caching_sha2_password sends the password under the server's RSA key: one that is pinned, or whichever
  // the server shows if the configuration says that this will do.
  std::string server_public_key_file;
  bool allow_public_key_retrieval = false;

  size_t max_doors = 500;
  absl::Duration connect_timeout = absl::Seconds(10);
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_TARGET_H_
