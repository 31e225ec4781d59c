// A run's result in the journal. Pure.
#ifndef POSTERN_GATEWAY_VERIFICATION_RESULT_RECORD_H_
#define POSTERN_GATEWAY_VERIFICATION_RESULT_RECORD_H_

#include <absl/time/time.h>

#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::verification {

// An AdminAction "Verification/Result" of the canary on the target; `allowed` says whether the run passed, `detail` how each check
// did and where its session is. REQUIRES: the run has passed or failed.
v1::Record ResultRecord(const v1::VerificationRun& run, absl::Time now);

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_RESULT_RECORD_H_
