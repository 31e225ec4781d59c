// The Policy RPCs: a policy text checked, the one in force shown, another put in its place.
#ifndef POSTERN_GATEWAY_API_POLICY_SERVICE_H_
#define POSTERN_GATEWAY_API_POLICY_SERVICE_H_

#include <absl/status/status.h>

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "proto/postern/v1/policy.grpc.pb.h"

namespace postern::api {

class PolicyService final : public v1::Policy::CallbackService {
 public:
  PolicyService(const ApiParts& parts, Calls& calls) : parts_(parts), calls_(calls) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const v1::CheckPolicyRequest* request,
                                  v1::CheckPolicyResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetPolicyRequest* request,
                                v1::GetPolicyResponse* response) override;
  grpc::ServerUnaryReactor* Apply(grpc::CallbackServerContext* context, const v1::ApplyPolicyRequest* request,
                                  v1::PolicyVersion* response) override;
  grpc::ServerUnaryReactor* ListVersions(grpc::CallbackServerContext* context,
                                         const v1::ListPolicyVersionsRequest* request,
                                         v1::ListPolicyVersionsResponse* response) override;
  grpc::ServerUnaryReactor* Rollback(grpc::CallbackServerContext* context, const v1::RollbackPolicyRequest* request,
                                     v1::PolicyVersion* response) override;
  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* context, const v1::ExplainPolicyRequest* request,
                                    v1::PolicyAnswer* response) override;

 private:
  absl::Status Answer(const v1::ExplainPolicyRequest& request, v1::PolicyAnswer& answer) const;

  const ApiParts& parts_;
  Calls& calls_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_POLICY_SERVICE_H_
