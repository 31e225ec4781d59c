// The access token that a call carries in its metadata.
#ifndef POSTERN_GATEWAY_API_BEARER_TOKEN_H_
#define POSTERN_GATEWAY_API_BEARER_TOKEN_H_

#include <grpcpp/support/string_ref.h>

#include <map>
#include <optional>
#include <string_view>

namespace postern::api {

// The token of the one authorization header, within `metadata`. None when there is no such header or it is of another scheme.
std::optional<std::string_view> BearerToken(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_BEARER_TOKEN_H_
