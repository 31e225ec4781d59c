// The Enrolment RPCs: join tokens for relays made, relays listed and revoked by admins.
#ifndef POSTERN_GATEWAY_API_ENROLMENT_SERVICE_H_
#define POSTERN_GATEWAY_API_ENROLMENT_SERVICE_H_

#include <absl/status/status.h>

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "proto/postern/v1/enrolment.grpc.pb.h"

namespace postern::api {

class EnrolmentService final : public v1::Enrolment::CallbackService {
 public:
  EnrolmentService(const ApiParts& parts, Calls& calls) : parts_(parts), calls_(calls) {}

  grpc::ServerUnaryReactor* CreateJoinToken(grpc::CallbackServerContext* context,
                                            const v1::CreateJoinTokenRequest* request,
                                            v1::CreateJoinTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListRelays(grpc::CallbackServerContext* context, const v1::ListRelaysRequest* request,
                                       v1::ListRelaysResponse* response) override;
  grpc::ServerUnaryReactor* RevokeRelay(grpc::CallbackServerContext* context, const v1::RevokeRelayRequest* request,
                                        v1::RevokeRelayResponse* response) override;

 private:
  absl::Status Revoke(const std::string& name, v1::RevokeRelayResponse& response);

  const ApiParts& parts_;
  Calls& calls_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_ENROLMENT_SERVICE_H_
