// The RelayJoin RPCs: a relay comes to its certificate by a join token, and to the next one by the last.
#ifndef POSTERN_GATEWAY_API_RELAY_JOIN_SERVICE_H_
#define POSTERN_GATEWAY_API_RELAY_JOIN_SERVICE_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "gateway/api/audit.h"
#include "gateway/api/parts.h"
#include "gateway/api/workers.h"
#include "proto/postern/v1/enrolment.grpc.pb.h"

namespace postern::api {

class RelayJoinService final : public v1::RelayJoin::CallbackService {
 public:
  RelayJoinService(const ApiParts& parts, Audit& audit, Workers& workers) : parts_(parts), audit_(audit), workers_(workers) {}

  grpc::ServerUnaryReactor* GetTrust(grpc::CallbackServerContext* context, const v1::GetTrustRequest* request,
                                     v1::GatewayTrust* response) override;
  grpc::ServerUnaryReactor* Join(grpc::CallbackServerContext* context, const v1::JoinRequest* request,
                                 v1::RelayCertificate* response) override;
  grpc::ServerUnaryReactor* Renew(grpc::CallbackServerContext* context, const v1::RenewRequest* request,
                                  v1::RelayCertificate* response) override;

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, absl::AnyInvocable<absl::Status()> work);
  absl::Status Admit(const v1::JoinRequest& request, const std::string& source, v1::RelayCertificate& given);
  absl::Status Extend(const std::string& uri, const v1::RenewRequest& request, v1::RelayCertificate& given);

  const ApiParts& parts_;
  Audit& audit_;
  Workers& workers_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_RELAY_JOIN_SERVICE_H_
