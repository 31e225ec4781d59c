#include "gateway/api/first_look.h"

#include <absl/time/clock.h>
#include <grpcpp/security/auth_context.h>

#include <optional>
#include <string_view>

#include "gateway/api/bearer_token.h"

namespace postern::api {

bool Allowance::Take(absl::Time now) {
  std::lock_guard lock(mutex_);
  if (now >= end_) {
    end_ = now + span_;
    taken_ = 0;
  }
  if (taken_ >= most_) return false;
  ++taken_;
  return true;
}

grpc::Status FirstLook::Process(const InputMetadata& metadata, grpc::AuthContext* peer, OutputMetadata*, OutputMetadata*) {
  if (peer != nullptr && peer->IsPeerAuthenticated()) return grpc::Status::OK;
  const absl::Time now = absl::Now();
  const std::optional<std::string_view> token = BearerToken(metadata);
  if (token.has_value() && authenticator_.Authenticate({.secret = *token, .source = {}}, now).ok()) return grpc::Status::OK;
  if (unproven_.Take(now)) return grpc::Status::OK;
  return {grpc::StatusCode::RESOURCE_EXHAUSTED,
          "too many calls without a good access token or certificate; try again in some seconds"};
}

}  // namespace postern::api
