// The Verification RPCs: runs of the standing verification begun and listed.
#ifndef POSTERN_GATEWAY_API_VERIFICATION_SERVICE_H_
#define POSTERN_GATEWAY_API_VERIFICATION_SERVICE_H_

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "proto/postern/v1/verification.grpc.pb.h"

namespace postern::api {

class VerificationService final : public v1::Verification::CallbackService {
 public:
  VerificationService(const ApiParts& parts, Calls& calls) : parts_(parts), calls_(calls) {}

  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const v1::RunVerificationRequest* request,
                                v1::RunVerificationResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListVerificationsRequest* request,
                                 v1::ListVerificationsResponse* response) override;

 private:
  const ApiParts& parts_;
  Calls& calls_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_VERIFICATION_SERVICE_H_
