// What posternctl's exit code says; docs/posternctl.md has the same table.
#ifndef POSTERN_GATEWAY_CTL_EXIT_CODE_H_
#define POSTERN_GATEWAY_CTL_EXIT_CODE_H_

#include <grpcpp/support/status.h>

namespace postern::ctl {

enum ExitCode : int {
  kOk = 0,
  // Refused, failed, or found to be invalid.
  kFailed = 1,
  kUsage = 2,
  // The gateway was not reached, or cannot act now.
  kUnreachable = 3,
  // The token is no good, or has not the role.
  kDenied = 4,
  kNotFound = 5,
  // 128 + SIGINT, as shells have it.
  kInterrupted = 130,
};

ExitCode ExitCodeOf(const grpc::Status& status);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_EXIT_CODE_H_
