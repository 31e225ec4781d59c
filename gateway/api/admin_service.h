// The Admin RPCs: the health of the whole, and reload.
#ifndef POSTERN_GATEWAY_API_ADMIN_SERVICE_H_
#define POSTERN_GATEWAY_API_ADMIN_SERVICE_H_

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "proto/postern/v1/admin.grpc.pb.h"

namespace postern::api {

class AdminService final : public v1::Admin::CallbackService {
 public:
  AdminService(const ApiParts& parts, Calls& calls) : parts_(parts), calls_(calls) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const v1::GetStatusRequest* request,
                                      v1::Status* response) override;
  grpc::ServerUnaryReactor* Reload(grpc::CallbackServerContext* context, const v1::ReloadRequest* request,
                                   v1::ReloadResponse* response) override;

 private:
  void Fill(v1::Status& status) const;

  const ApiParts& parts_;
  Calls& calls_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_ADMIN_SERVICE_H_
