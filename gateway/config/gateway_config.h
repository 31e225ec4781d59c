// gateway.yaml as values. docs/configuration.md tells what each option costs; the fallbacks are the members' initial
// values.
#ifndef POSTERN_GATEWAY_CONFIG_GATEWAY_CONFIG_H_
#define POSTERN_GATEWAY_CONFIG_GATEWAY_CONFIG_H_

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/host_port.h"
#include "common/config/problem.h"
#include "common/observability/log.h"
#include "gateway/config/journal.h"
#include "gateway/console/options.h"
#include "gateway/identity/certificates.h"
#include "gateway/identity/issuer.h"
#include "gateway/notify/options.h"
#include "gateway/stream/options.h"
#include "gateway/verification/options.h"

namespace postern::config {

struct TlsFiles {
  std::string certificate;
  std::string key;
  std::optional<std::string> client_ca;  // clients are asked for certificates of these authorities
};

struct MysqlConfig {
  HostPort listen;
  std::optional<TlsFiles> tls;  // absent only with insecure_loopback
  std::optional<identity::CertificateTrust> agents;  // tls.client_ca and tls.client_crl
  std::string server_version = "8.0.40-postern";
  bool insecure_loopback = false;
};

struct ApiConfig {
  HostPort listen;
  TlsFiles tls;  // client_ca: of relays that bring certificates of their own
  std::optional<identity::CertificateTrust> people;  // tls.people_ca and tls.people_crl
  std::optional<std::string> ca;  // what relays that join check our certificate by; else the last one of tls.certificate
};

// INVARIANT: nothing a peer sends is unbounded; each bound is one of these, and each has a reader outside this folder.
struct GatewayLimits {
  // Sessions.
  uint32_t sessions = 2000;
  uint32_t sessions_per_agent = 16;
  uint32_t pending_logins = 256;
  uint32_t prepared_statements = 1024;  // of one session
  // Bytes.
  uint64_t statement_bytes = 16u << 20;
  uint64_t packet_bytes = 64u << 20;  // one logical packet from an agent, max_allowed_packet
  uint64_t handshake_bytes = 64u << 10;
  uint64_t parameter_bytes = 64u << 20;  // parameters a session holds between COM_STMT_SEND_LONG_DATA and execution
  // Reading SQL.
  uint32_t parse_depth = 200;
  uint32_t parse_tokens = 16u << 20;
  uint32_t batch_statements = 64;  // in one packet, where multi_statements is allowed
  // Time.
  absl::Duration login_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Hours(8);          // an access entry's `idle` may be shorter
  absl::Duration statement_timeout = absl::Minutes(10);  // from forwarding to the end of its result
  absl::Duration write_timeout = absl::Minutes(5);       // an agent that reads nothing for so long is cut off
  absl::Duration open_timeout = absl::Seconds(10);       // to open a connection to the database
  absl::Duration shutdown_timeout = absl::Seconds(20);
  // Approvals.
  absl::Duration hold_wait_max = absl::Hours(1);  // whatever a rule says
  uint32_t held_statements = 1000;
  uint32_t held_statements_per_agent = 16;
  uint32_t approval_history = 10000;
  absl::Duration preview_max_age = absl::Minutes(10);
  absl::Duration approval_history_age = absl::Hours(24 * 30);
  uint64_t approval_statement_bytes = 1u << 20;  // a longer statement is not held but refused
  uint32_t approval_watchers = 256;
  // Tasks that wait or are open.
  uint32_t tasks = 1000;
  uint32_t tasks_per_agent = 16;
  // Recording.
  uint64_t journal_queue_bytes = 64u << 20;  // waiting to become durable
  uint64_t journal_segment_bytes = 256u << 20;
  // RPCs.
  uint32_t api_connections = 1024;
  uint32_t api_connections_per_source = 256;
  uint32_t unproven_calls = 64;         // begun within any login_timeout
  uint64_t rpc_message_bytes = 4u << 20;
  uint64_t rpc_buffer_bytes = 1u << 30;  // of all connections to the API port
  uint32_t relays = 256;
  absl::Duration relay_certificate_ttl = absl::Hours(24);  // of those that join; they renew at two thirds of it
  // Schemas.
  uint64_t catalog_bytes = 256u << 20;                // memory of one target's; twice that while a new one comes in
  absl::Duration catalog_max_age;  // of the schema that a statement under masks is read by; zero: read again for each
  absl::Duration catalog_timeout = absl::Minutes(3);  // for a relay's report, from its first message to its last
};

struct GatewayConfig {
  std::string file;  // it was read from
  MysqlConfig mysql;
  ApiConfig api;
  std::string data_dir;     // the journal, and the store unless it is elsewhere
  std::string sqlite_path;  // data_dir/postern.db unless store.sqlite.path says otherwise
  JournalConfig journal;
  std::string policy;       // path
  std::map<std::string, std::vector<std::string>> targets;  // target -> names of relays, beside those that join, that may serve it
  std::optional<console::Options> console;  // absent: there is none
  std::vector<identity::Issuer> issuers;  // whose tokens let agents and people in
  std::vector<identity::CertificateRule> certificates;  // whom a certificate speaks for
  std::vector<notify::Webhook> webhooks;  // who is told of approvals
  std::optional<stream::Options> stream;  // where the journal's records go; absent: nowhere
  std::optional<HostPort> metrics;  // where Prometheus reads; absent: nowhere
  verification::Options verification;
  GatewayLimits limits;
  log::Options log;
  uint32_t threads = 0;  // that run sessions; 0: one per processor
};

// Reads and checks the whole file: every problem is reported, not only the first. The policy file must exist but is
// loaded by policy::LoadRules. No other effect.
Loaded<GatewayConfig> LoadGatewayConfig(const std::string& path);
Loaded<GatewayConfig> ParseGatewayConfig(std::string_view text, const std::string& name);

}  // namespace postern::config

#endif  // POSTERN_GATEWAY_CONFIG_GATEWAY_CONFIG_H_
