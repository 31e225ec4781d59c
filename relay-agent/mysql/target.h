// One database the relay may connect to, as its configuration says. Plain value.
#ifndef POSTERN_RELAY_AGENT_MYSQL_TARGET_H_
#define POSTERN_RELAY_AGENT_MYSQL_TARGET_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/tls/client_context.h"

namespace postern::relay {

struct Target {
  std::string name;
  std::string host;
  uint16_t port = 3306;
  std::string user;
  std::string password_file;
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
