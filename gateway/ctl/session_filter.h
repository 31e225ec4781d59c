// Which sessions a command is about: the options of `sessions list` and `sessions export`.
#ifndef POSTERN_GATEWAY_CTL_SESSION_FILTER_H_
#define POSTERN_GATEWAY_CTL_SESSION_FILTER_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "proto/postern/v1/session.pb.h"

namespace CLI {
class App;
}

namespace postern::ctl {

struct SessionFilter {
  std::string agent;
  std::string target;
  std::string task_id;
  std::string state = "all";
  std::string since;
  std::string until;
  std::string verb;
  std::string object;
  std::string decision;
  std::string text;
  uint32_t limit = 0;
};

// REQUIRES: `filter` outlives the command line.
void AddOptions(CLI::App& command, SessionFilter& filter);

// INVALID_ARGUMENT for a time that is none.
absl::StatusOr<v1::ListSessionsRequest> ToRequest(const SessionFilter& filter, absl::Time now);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SESSION_FILTER_H_
