// The Approvals RPCs: held statements listed, watched and voted on.
#ifndef POSTERN_GATEWAY_API_APPROVALS_SERVICE_H_
#define POSTERN_GATEWAY_API_APPROVALS_SERVICE_H_

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "gateway/api/watch.h"
#include "proto/postern/v1/approval.grpc.pb.h"

namespace postern::api {

class ApprovalsService final : public v1::Approvals::CallbackService {
 public:
  ApprovalsService(const ApiParts& parts, Calls& calls);

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListApprovalsRequest* request,
                                 v1::ListApprovalsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetApprovalRequest* request,
                                v1::Approval* response) override;
  grpc::ServerWriteReactor<v1::Approval>* Watch(grpc::CallbackServerContext* context,
                                                const v1::WatchApprovalsRequest* request) override;
  grpc::ServerUnaryReactor* Approve(grpc::CallbackServerContext* context, const v1::DecideApprovalRequest* request,
                                    v1::Approval* response) override;
  grpc::ServerUnaryReactor* Deny(grpc::CallbackServerContext* context, const v1::DecideApprovalRequest* request,
                                 v1::Approval* response) override;

  Watches& watches() { return watches_; }

 private:
  grpc::ServerUnaryReactor* Vote(grpc::CallbackServerContext* context, Rpc rpc,
                                 const v1::DecideApprovalRequest& request, v1::Approval* response);

  const ApiParts& parts_;
  Calls& calls_;
  Watches watches_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_APPROVALS_SERVICE_H_
