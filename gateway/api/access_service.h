// The Access RPCs: access tokens made, listed and revoked by admins; and whose the caller's is.
#ifndef POSTERN_GATEWAY_API_ACCESS_SERVICE_H_
#define POSTERN_GATEWAY_API_ACCESS_SERVICE_H_

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "gateway/api/watch.h"
#include "proto/postern/v1/access.grpc.pb.h"

namespace postern::api {

class AccessService final : public v1::Access::CallbackService {
 public:
  AccessService(const ApiParts& parts, Calls& calls, Watches& watches)
      : parts_(parts), calls_(calls), watches_(watches) {}

  grpc::ServerUnaryReactor* WhoAmI(grpc::CallbackServerContext* context, const v1::WhoAmIRequest* request,
                                   v1::WhoAmIResponse* response) override;
  grpc::ServerUnaryReactor* CreateToken(grpc::CallbackServerContext* context, const v1::CreateTokenRequest* request,
                                        v1::CreateTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListTokens(grpc::CallbackServerContext* context, const v1::ListTokensRequest* request,
                                       v1::ListTokensResponse* response) override;
  grpc::ServerUnaryReactor* RevokeToken(grpc::CallbackServerContext* context, const v1::RevokeTokenRequest* request,
                                        v1::RevokeTokenResponse* response) override;

 private:
  absl::Status Create(const identity::Principal& who, const v1::CreateTokenRequest& request,
                      v1::CreateTokenResponse& response);

  const ApiParts& parts_;
  Calls& calls_;
  Watches& watches_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_ACCESS_SERVICE_H_
