// What the API needs of the gateway, by reference. main() owns all of it; it outlives the services.
#ifndef POSTERN_GATEWAY_API_PARTS_H_
#define POSTERN_GATEWAY_API_PARTS_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace postern::approval {
class Approvals;
}
namespace postern::catalog {
class Catalogs;
}
namespace postern::enrolment {
class Enrolment;
}
namespace postern::frontend {
class LiveSessions;
}
namespace postern::identity {
class Authenticator;
class Tokens;
}  // namespace postern::identity
namespace postern::policy {
class PolicyInForce;
}
namespace postern::publishing {
class PolicyPublisher;
}
namespace postern::recording {
class Journal;
class SessionIndex;
}  // namespace postern::recording
namespace postern::tasks {
class Tasks;
}
namespace postern::tunnel {
class Relays;
}
namespace postern::verification {
class Verification;
}

namespace postern::api {

class Connections;

// Where agents log in; no host when the port is open on every address.
struct MysqlAddress {
  std::string host;
  uint16_t port = 0;
};

struct ApiParts {
  Connections& connections;
  identity::Authenticator& authenticator;
  identity::Tokens& tokens;
  approval::Approvals& approvals;
  tasks::Tasks& tasks;
  std::function<MysqlAddress()> mysql;
  recording::SessionIndex& sessions;
  recording::Journal& journal;
  frontend::LiveSessions& live;
  tunnel::Relays& relays;
  catalog::Catalogs& catalogs;
  policy::PolicyInForce& policy;
  publishing::PolicyPublisher& publisher;
  enrolment::Enrolment& enrolment;
  verification::Verification& verification;
  // Reads policy and certificates again, as SIGHUP does; what is bad stays as it was and is told. May block.
  std::function<absl::Status()> reload;
  absl::Time started_at;
  size_t approval_watchers;  // at once
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_PARTS_H_
