// What a target's server is, and whether the relay's user may do more there than a relay should.
#ifndef POSTERN_RELAY_AGENT_CATALOG_PROBE_H_
#define POSTERN_RELAY_AGENT_CATALOG_PROBE_H_

#include <string>
#include <string_view>
#include <vector>

#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/closing/second_connection.h"

namespace postern::relay {

struct ProbeResult {
  v1::TargetReport report;
  // Privileges of the relay's user that no agent's session should stand on; empty when there are none or it is unknown.
  std::vector<std::string> dangerous_grants;
};

// Blocking; on the thread of the second connection.
ProbeResult Probe(const std::string& target, SecondConnection& connection);

// Of one line of SHOW GRANTS.
std::vector<std::string> DangerousPrivileges(std::string_view grant);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CATALOG_PROBE_H_
