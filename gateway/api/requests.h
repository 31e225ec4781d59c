// What a request's fields may hold. Pure; INVALID_ARGUMENT names the field and says what it wants.
#ifndef POSTERN_GATEWAY_API_REQUESTS_H_
#define POSTERN_GATEWAY_API_REQUESTS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <string_view>

#include "proto/postern/v1/access.pb.h"
#include "proto/postern/v1/admin.pb.h"
#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/enrolment.pb.h"
#include "proto/postern/v1/policy.pb.h"
#include "proto/postern/v1/session.pb.h"
#include "proto/postern/v1/task.pb.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::api {

// "apr_" and the 26 characters of a ULID.
absl::Status CheckId(std::string_view id, std::string_view prefix);

absl::Status Check(const v1::CreateTokenRequest& request);
absl::Status Check(const v1::RevokeTokenRequest& request);
absl::Status Check(const v1::ListApprovalsRequest& request);
absl::Status Check(const v1::GetApprovalRequest& request);
absl::Status Check(const v1::DecideApprovalRequest& request);
absl::Status Check(const v1::GetTaskRequest& request);
absl::Status Check(const v1::ListTasksRequest& request);
absl::Status Check(const v1::ExtendTaskRequest& request);
absl::Status Check(const v1::EndTaskRequest& request);
absl::Status Check(const v1::ListSessionsRequest& request);
absl::Status Check(const v1::GetSessionRequest& request);
absl::Status Check(const v1::ReplaySessionRequest& request);
absl::Status Check(const v1::ExportSessionsRequest& request);
absl::Status Check(const v1::TerminateSessionRequest& request);
absl::Status Check(const v1::CheckPolicyRequest& request);
absl::Status Check(const v1::ApplyPolicyRequest& request);
absl::Status Check(const v1::ListPolicyVersionsRequest& request);
absl::Status Check(const v1::RollbackPolicyRequest& request);
absl::Status Check(const v1::ExplainPolicyRequest& request);
absl::Status Check(const v1::RefreshCatalogRequest& request);
absl::Status Check(const v1::CreateJoinTokenRequest& request);
absl::Status Check(const v1::RevokeRelayRequest& request);
absl::Status Check(const v1::RunVerificationRequest& request);
absl::Status Check(const v1::ListVerificationsRequest& request);

// Newest first means this many where a request does not say.
inline constexpr uint32_t kDefaultLimit = 100;
inline constexpr uint32_t kMaxLimit = 1000;

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_REQUESTS_H_
