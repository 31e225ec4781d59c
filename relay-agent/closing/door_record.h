// What must be known of an open door to close it and prove it closed, even by a relay that was started anew. Plain value.
#ifndef POSTERN_RELAY_AGENT_CLOSING_DOOR_RECORD_H_
#define POSTERN_RELAY_AGENT_CLOSING_DOOR_RECORD_H_

#include <absl/time/time.h>

#include <cstdint>
#include <string>

namespace postern::relay {

struct DoorRecord {
  std::string session_id;
  std::string target;
  std::string account;  // the agent's, if it has one of its own; empty: the target's
  std::string user;     // whose thread it is on the server
  std::string gateway;  // as configured: who is to get the proof
  uint64_t thread_id = 0;
  std::string server_identity;
  absl::Time opened_at;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_DOOR_RECORD_H_
