// A join token as the gateway gives it out: "pjt_…", a dot, and the SHA-256 of what its certificate is checked by. Pure.
#ifndef POSTERN_RELAY_AGENT_JOINING_JOIN_TOKEN_H_
#define POSTERN_RELAY_AGENT_JOINING_JOIN_TOKEN_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace postern::relay {

// INVALID_ARGUMENT for what is not shaped like one; blanks around it do not count. The error never quotes it.
absl::StatusOr<std::string> ReadJoinToken(std::string_view text);

// PERMISSION_DENIED if `gateway_ca` is not what the token names: then something stands between the relay and the gateway.
absl::Status CheckPin(std::string_view token, std::string_view gateway_ca);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_JOINING_JOIN_TOKEN_H_
