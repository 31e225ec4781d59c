#include "gateway/api/verification_service.h"

#include <utility>

#include "gateway/api/requests.h"
#include "gateway/verification/verification.h"

namespace postern::api {

grpc::ServerUnaryReactor* VerificationService::Run(grpc::CallbackServerContext* context, const v1::RunVerificationRequest* request,
                                                   v1::RunVerificationResponse* response) {
  const absl::Status fault = Check(*request);
  return calls_.Dispatch({context, Rpc::kRunVerification, {fault.ok() ? request->target() : "", ""}, fault},
                         [this, request, response](const identity::Principal& who) {
                           auto runs = parts_.verification.Run(request->target(), who.name);
                           if (!runs.ok()) return runs.status();
                           for (v1::VerificationRun& run : *runs) *response->add_runs() = std::move(run);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* VerificationService::List(grpc::CallbackServerContext* context, const v1::ListVerificationsRequest* request,
                                                    v1::ListVerificationsResponse* response) {
  return calls_.Answer({context, Rpc::kListVerifications, {}, Check(*request)},
                       [this, request, response](const identity::Principal&) {
                         const uint32_t limit = request->limit() == 0 ? kDefaultLimit : request->limit();
                         *response = parts_.verification.List(request->target(), limit);
                         return absl::OkStatus();
                       });
}

}  // namespace postern::api
