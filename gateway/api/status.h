// Our statuses as gRPC's. Pure.
#ifndef POSTERN_GATEWAY_API_STATUS_H_
#define POSTERN_GATEWAY_API_STATUS_H_

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

#include <string>

namespace postern::api {

// The codes are the same numbers on purpose.
inline grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_STATUS_H_
