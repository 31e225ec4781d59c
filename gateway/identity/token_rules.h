// Which tokens may be asked for. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_TOKEN_RULES_H_
#define POSTERN_GATEWAY_IDENTITY_TOKEN_RULES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

#include "proto/postern/v1/access.pb.h"

namespace postern::identity {

// 1 to 64 of [A-Za-z0-9._-], so that "agent+target" has one reading; a person's may also hold '@'. None of reserved_names.h.
bool IsAgentName(std::string_view name);  // or a group's, a target's, a relay's
bool IsPersonName(std::string_view name);

// Agents have no roles; people have at least one, and no targets.
absl::Status CheckTokenRequest(const v1::CreateTokenRequest& request);

// How long the token lives: INVALID_ARGUMENT for less than nothing or more than `longest`.
absl::StatusOr<absl::Duration> TokenTtl(int64_t ttl_seconds, absl::Duration usual, absl::Duration longest);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_TOKEN_RULES_H_
