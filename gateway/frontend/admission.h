// Who is at the door, and may it come in? Identity, target, schema and limits, in one place and one order.
#ifndef POSTERN_GATEWAY_FRONTEND_ADMISSION_H_
#define POSTERN_GATEWAY_FRONTEND_ADMISSION_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/mysql/flow/server_login.h"
#include "common/mysql/message/response.h"
#include "gateway/frontend/agent_channel.h"
#include "gateway/frontend/services.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// "agent+target", "agent", or "+target" where the secret says who it is.
struct LoginName {
  std::string_view agent;
  std::string_view target;
};
LoginName SplitLoginName(std::string_view user);

// The name as errors and records show it: of any length and any bytes, since anybody may send it.
std::string ShownName(const mysql::Verify& claim);

struct Admission {
  std::optional<LoggedIn> login;
  // Otherwise: what the agent is told, and what the record says.
  mysql::ErrPacket error;
  std::string reason;
  // Its address failed too often lately: each refusal is answered late, and recorded no more.
  bool flood = false;
};

// Checks the secret first and everything else after it, so that nobody learns of names or targets without one. Wipes nothing:
// the claim owns the secret. Pure but for the authenticator's counting.
Admission Admit(const Services& services, const AgentChannel& channel, uint32_t connection_id,
                const mysql::Verify& claim);

// For a login whose token was revoked after Admit checked it.
Admission TokenEnded(const mysql::Verify& claim, const AgentChannel& channel);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_ADMISSION_H_
