// A relay's first certificate, for a join token, and each further one, for the last. Blocks on the network; any thread.
#ifndef POSTERN_RELAY_AGENT_JOINING_JOIN_H_
#define POSTERN_RELAY_AGENT_JOINING_JOIN_H_

#include <absl/status/statusor.h>

#include <string>

#include "proto/postern/v1/enrolment.pb.h"
#include "relay-agent/joining/identity_folder.h"

namespace postern::relay {

struct Enrolling {
  std::string gateway;      // "gateway.example.com:8443"
  std::string server_name;  // in the gateway's certificate; empty: the host dialled
  std::string name;         // the relay's
};

// Asks the gateway what its certificate is to be checked by, believes it if the token names it, and only then shows the
// token, over a connection that was checked so. The new identity is in the folder when this returns.
absl::StatusOr<v1::RelayCertificate> Join(const Enrolling& enrolling, const std::string& token, const IdentityFolder& folder);

// With the identity in the folder, which the new one replaces. UNAUTHENTICATED: it does not count any more.
absl::StatusOr<v1::RelayCertificate> Renew(const Enrolling& enrolling, const IdentityFolder& folder);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_JOINING_JOIN_H_
