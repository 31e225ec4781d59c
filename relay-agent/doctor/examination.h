// Looks at one account of a target as a DBA would before trusting agents with it.
#ifndef POSTERN_RELAY_AGENT_DOCTOR_EXAMINATION_H_
#define POSTERN_RELAY_AGENT_DOCTOR_EXAMINATION_H_

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "relay-agent/credential/account.h"
#include "relay-agent/doctor/grants.h"
#include "relay-agent/mysql/target.h"

namespace postern::relay {

struct Examination {
  std::string target;
  std::string agent;  // whose own account it is; empty: the target's
  std::string error;  // why nothing else is known; empty: it was reached
  std::string version;
  std::string account;      // as the server knows it: "postern@10.%"
  std::string tls_version;  // empty: none
  std::string tls_cipher;
  absl::Duration clock_difference;  // how far the server's is ahead
  int64_t lower_case_table_names = 0;
  int64_t max_connections = 0;
  int64_t used_connections = 0;
  std::vector<std::string> grants;  // lines, those of its roles too
  std::vector<Finding> findings;

  bool dangerous() const;
};

// Blocking: connects, asks, and disconnects; what was lent for it goes back.
Examination Examine(const Target& target, const std::string& agent, Account& account);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_DOCTOR_EXAMINATION_H_
