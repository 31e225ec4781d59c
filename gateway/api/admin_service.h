// The Admin RPCs: the health of the whole, reload, and a look at a target's schema now.
#ifndef POSTERN_GATEWAY_API_ADMIN_SERVICE_H_
#define POSTERN_GATEWAY_API_ADMIN_SERVICE_H_

#include <atomic>
#include <string>

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
  grpc::ServerUnaryReactor* RefreshCatalog(grpc::CallbackServerContext* context,
                                           const v1::RefreshCatalogRequest* request,
                                           v1::CatalogStatus* response) override;

 private:
  void Fill(v1::Status& status) const;
  absl::Status Refresh(const std::string& target, absl::Time deadline, v1::CatalogStatus& answer);

  const ApiParts& parts_;
  Calls& calls_;
  std::atomic<bool> refreshing_{false};
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_ADMIN_SERVICE_H_
