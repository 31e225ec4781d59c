// Whether a person may decide an approval at all. Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_APPROVAL_MAY_DECIDE_H_
#define POSTERN_GATEWAY_APPROVAL_MAY_DECIDE_H_

#include <absl/status/status.h>

#include "gateway/identity/principal.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::approval {

// PERMISSION_DENIED with the reason, or OK.
absl::Status MayDecide(const v1::Approval& approval, const identity::Principal& reviewer);

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_MAY_DECIDE_H_
