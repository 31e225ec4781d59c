// What can be done with a gateway's files while it is stopped: check them, make the first token, change
// the journal's key.
#ifndef POSTERN_GATEWAY_BOOTSTRAP_H_
#define POSTERN_GATEWAY_BOOTSTRAP_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "gateway/config/gateway_config.h"

namespace postern {

struct FirstToken {
  std::string name;
  std::vector<std::string> roles;
  std::vector<std::string> groups;
};

// Creates a person's token and records that in the journal first, so it needs the journal for itself: FAILED_PRECONDITION
// while the gateway runs. Returns the secret, which is shown nowhere else.
absl::StatusOr<std::string> CreateFirstToken(const config::GatewayConfig& config, const FirstToken& wanted);

// Makes another key that signs the journal and puts it in force, or, while the gateway runs, lays it ready for its next start.
// Returns what to tell.
absl::StatusOr<std::string> RotateJournalKey(const config::GatewayConfig& config);

// Policy and certificates of a configuration that was read: OK, or every problem, one per line.
absl::Status CheckGateway(const config::GatewayConfig& config);

}  // namespace postern

#endif  // POSTERN_GATEWAY_BOOTSTRAP_H_
