// What relay.yaml says. Read whole at start; the files it names are read again at each use, and credentials fetched
// then.
#ifndef POSTERN_RELAY_AGENT_RELAY_CONFIG_H_
#define POSTERN_RELAY_AGENT_RELAY_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "common/config/document.h"
#include "common/observability/log.h"
#include "common/tls/pem_files.h"
#include "relay-agent/joining/join.h"
#include "relay-agent/link/relay.h"

namespace postern::relay {

struct RelayConfig {
  // For the log alone: who the relay is, its certificate says.
  std::string name;
  // A certificate from elsewhere; without one the relay has joined, and what gateways gave it lies in the folder.
  std::optional<tls::PemFiles> tls;
  std::string identity_folder;
  log::Options log;
  RelayOptions options;
};

config::Loaded<RelayConfig> LoadRelayConfig(const std::string& file);

// For a relay that joins: each gateway, as Join and Renew want it.
std::vector<Enrolling> GatewaysToJoin(const RelayConfig& config);
// FAILED_PRECONDITION: a gateway gave this relay no certificate yet; says what to do.
absl::Status CheckJoined(const RelayConfig& config);

// gRPC credentials from the files as they are now.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> LinkCredentials(const tls::PemFiles& files);

// Sentences for the log about files that others can read.
std::vector<std::string> FileWarnings(const RelayConfig& config);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_RELAY_CONFIG_H_
