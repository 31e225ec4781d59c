// What every session is given: the rest of the gateway, by reference. main() owns all of it and outlives the sessions.
#ifndef POSTERN_GATEWAY_FRONTEND_SERVICES_H_
#define POSTERN_GATEWAY_FRONTEND_SERVICES_H_

#include <absl/time/time.h>
#include <openssl/types.h>

#include <asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "common/sql/dialect.h"
#include "gateway/approval/approvals.h"
#include "gateway/catalog/catalogs.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/identity/authenticator.h"
#include "gateway/masking/mask_keys.h"
#include "gateway/policy/in_force.h"
#include "gateway/recording/journal.h"
#include "gateway/tasks/tasks.h"
#include "gateway/tunnel/relays.h"

namespace postern::frontend {

// Bounds and habits of a session; the names are those of gateway.yaml.
struct FrontendOptions {
  std::string server_version;
  bool insecure_loopback = false;
  // Configured targets; an agent cannot tell one that is missing from one that is forbidden.
  std::set<std::string, std::less<>> targets;
  size_t handshake_bytes = 64 * 1024;
  size_t packet_bytes = 64 * 1024 * 1024;
  sql::Limits sql;
  size_t prepared_statements = 1024;
  // Of a session's prepared statements together: their text, and what was sent ahead by COM_STMT_SEND_LONG_DATA.
  size_t parameter_bytes = 64 * 1024 * 1024;
  absl::Duration login_timeout = absl::Seconds(10);
  absl::Duration open_timeout = absl::Seconds(10);
  absl::Duration statement_timeout = absl::InfiniteDuration();
  // How long an agent may take none of a result it asked for.
  absl::Duration write_timeout = absl::Minutes(10);
  absl::Duration idle_timeout = absl::Hours(8);
  absl::Duration hold_wait_max = absl::Hours(1);
  absl::Duration catalog_max_age;
  // An older preview of what a held statement would change is no ground for a vote.
  absl::Duration preview_max_age = absl::Minutes(10);
};

struct Services {
  const FrontendOptions& options;
  identity::Authenticator& authenticator;
  const policy::PolicyInForce& policy;
  approval::Approvals& approvals;
  recording::Journal& journal;
  tunnel::Relays& relays;
  catalog::Catalogs& catalogs;
  const masking::MaskKeys& mask_keys;
  tasks::Tasks& tasks;
  LiveSessions& live;
  // The TLS context for the next handshake; null where the listener has none. Thread-safe.
  std::function<std::shared_ptr<asio::ssl::context>()> tls;
  // For secrets over plain loopback connections; null unless insecure_loopback.
  EVP_PKEY* rsa_key = nullptr;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SERVICES_H_
