// The token of whoever is logged in, refreshed when it is about to end.
#ifndef POSTERN_GATEWAY_CTL_STORED_TOKEN_H_
#define POSTERN_GATEWAY_CTL_STORED_TOKEN_H_

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

#include "gateway/ctl/issuer.h"

namespace postern::ctl {

// For the gateway at `api`; empty when nobody is logged in there. UNAUTHENTICATED: the login has ended.
absl::StatusOr<std::string> StoredToken(const std::filesystem::path& folder, const std::string& api, const Send& send);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_STORED_TOKEN_H_
