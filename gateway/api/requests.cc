#include "gateway/api/requests.h"

#include <absl/strings/ascii.h>

#include <string>

#include "gateway/identity/token_rules.h"

namespace postern::api {
namespace {

constexpr size_t kUlidLength = 26;
constexpr size_t kMaxReasonBytes = 1024;
constexpr size_t kMaxFilterBytes = 128;
constexpr size_t kMaxSearchBytes = 512;
constexpr size_t kMaxPolicyTextBytes = 1 << 20;
constexpr size_t kMaxExplainedBytes = size_t{64} * 1024;
constexpr int kMaxGroups = 64;
constexpr int kMaxTargets = 1000;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(std::string(field) + ": " + std::string(what));
}

absl::Status CheckLimit(uint32_t limit) {
  if (limit <= kMaxLimit) return absl::OkStatus();
  return Wrong("limit", "at most " + std::to_string(kMaxLimit) + ", got " + std::to_string(limit));
}

absl::Status CheckReason(std::string_view reason) {
  if (reason.size() <= kMaxReasonBytes) return absl::OkStatus();
  return Wrong("reason", "at most " + std::to_string(kMaxReasonBytes) + " bytes");
}

absl::Status CheckPolicyText(std::string_view text) {
  if (text.size() <= kMaxPolicyTextBytes) return absl::OkStatus();
  return Wrong("text", "at most 1 MiB");
}

}  // namespace

absl::Status CheckId(std::string_view id, std::string_view prefix) {
  bool good = id.size() == prefix.size() + kUlidLength && id.substr(0, prefix.size()) == prefix;
  for (size_t i = prefix.size(); good && i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    good = absl::ascii_isdigit(byte) || absl::ascii_isupper(byte);
  }
  if (good) return absl::OkStatus();
  return Wrong("id", "expected \"" + std::string(prefix) + "\" and 26 characters, as the list shows it");
}

absl::Status Check(const v1::CreateTokenRequest& request) {
  if (request.ttl_seconds() < 0) return Wrong("ttl_seconds", "must not be negative");
  return identity::CheckTokenRequest(request);
}

absl::Status Check(const v1::RevokeTokenRequest& request) { return CheckId(request.id(), "tok_"); }

absl::Status Check(const v1::ListApprovalsRequest& request) {
  if (!v1::Approval::State_IsValid(request.state())) return Wrong("state", "no such state");
  return CheckLimit(request.limit());
}

absl::Status Check(const v1::GetApprovalRequest& request) { return CheckId(request.id(), "apr_"); }

absl::Status Check(const v1::DecideApprovalRequest& request) {
  if (absl::Status id = CheckId(request.id(), "apr_"); !id.ok()) return id;
  return CheckReason(request.reason());
}

absl::Status Check(const v1::GetTaskRequest& request) { return CheckId(request.id(), "tsk_"); }

absl::Status Check(const v1::ListTasksRequest& request) {
  if (!v1::Task::State_IsValid(request.state())) return Wrong("state", "no such state");
  if (request.agent().size() > kMaxFilterBytes) return Wrong("agent", "at most 128 bytes");
  if (request.target().size() > kMaxFilterBytes) return Wrong("target", "at most 128 bytes");
  return CheckLimit(request.limit());
}

absl::Status Check(const v1::ExtendTaskRequest& request) {
  if (absl::Status id = CheckId(request.id(), "tsk_"); !id.ok()) return id;
  if (request.ttl_seconds() <= 0) return Wrong("ttl_seconds", "how long the task stays open from now on");
  return CheckReason(request.reason());
}

absl::Status Check(const v1::EndTaskRequest& request) {
  if (absl::Status id = CheckId(request.id(), "tsk_"); !id.ok()) return id;
  return CheckReason(request.reason());
}

absl::Status Check(const v1::ListSessionsRequest& request) {
  if (!v1::Session::State_IsValid(request.state())) return Wrong("state", "no such state");
  if (request.agent().size() > kMaxFilterBytes) return Wrong("agent", "at most 128 bytes");
  if (request.target().size() > kMaxFilterBytes) return Wrong("target", "at most 128 bytes");
  if (!request.task_id().empty()) {
    if (absl::Status id = CheckId(request.task_id(), "tsk_"); !id.ok()) return id;
  }
  if (request.since_unix_ms() < 0 || request.until_unix_ms() < 0) return Wrong("since_unix_ms", "must not be negative");
  if (request.verb().size() > kMaxFilterBytes) return Wrong("verb", "at most 128 bytes");
  if (request.object().size() > kMaxSearchBytes) return Wrong("object", "at most 512 bytes");
  if (request.text().size() > kMaxSearchBytes) return Wrong("text", "at most 512 bytes");
  if (!v1::Statement::Decision_IsValid(request.decision())) return Wrong("decision", "no such decision");
  return CheckLimit(request.limit());
}

absl::Status Check(const v1::ExportSessionsRequest& request) { return Check(request.sessions()); }

absl::Status Check(const v1::GetSessionRequest& request) { return CheckId(request.id(), "ses_"); }
absl::Status Check(const v1::ReplaySessionRequest& request) { return CheckId(request.id(), "ses_"); }

absl::Status Check(const v1::TerminateSessionRequest& request) {
  if (absl::Status id = CheckId(request.id(), "ses_"); !id.ok()) return id;
  return CheckReason(request.reason());
}

absl::Status Check(const v1::RefreshCatalogRequest& request) {
  if (!request.target().empty() && request.target().size() <= kMaxFilterBytes) return absl::OkStatus();
  return Wrong("target", "a target's name");
}

absl::Status Check(const v1::CheckPolicyRequest& request) { return CheckPolicyText(request.text()); }

absl::Status Check(const v1::ApplyPolicyRequest& request) {
  if (absl::Status text = CheckPolicyText(request.text()); !text.ok()) return text;
  if (request.base_version().size() > kMaxFilterBytes) return Wrong("base_version", "at most 128 bytes");
  return CheckReason(request.reason());
}

absl::Status Check(const v1::ListPolicyVersionsRequest& request) { return CheckLimit(request.limit()); }

absl::Status Check(const v1::RollbackPolicyRequest& request) {
  if (request.version().empty()) return Wrong("version", "is missing");
  if (request.version().size() > kMaxFilterBytes) return Wrong("version", "at most 128 bytes");
  return CheckReason(request.reason());
}

absl::Status Check(const v1::ExplainPolicyRequest& request) {
  const auto is_name = [](const std::string& name) { return !name.empty() && name.size() <= kMaxFilterBytes; };
  if (!is_name(request.agent())) return Wrong("agent", "an agent's name");
  if (!is_name(request.target())) return Wrong("target", "a target's name");
  if (request.groups_size() > kMaxGroups) return Wrong("groups", "at most 64");
  for (const std::string& group : request.groups()) {
    if (!is_name(group)) return Wrong("groups", "names of groups");
  }
  if (request.statement().size() > kMaxExplainedBytes) return Wrong("statement", "at most 64 KiB");
  if (request.default_schema().size() > kMaxFilterBytes) return Wrong("default_schema", "at most 128 bytes");
  return CheckPolicyText(request.policy());
}

absl::Status Check(const v1::CreateJoinTokenRequest& request) {
  if (request.ttl_seconds() < 0) return Wrong("ttl_seconds", "must not be negative");
  if (request.name().empty() || request.name().size() > kMaxFilterBytes) return Wrong("name", "a relay's name");
  if (request.targets_size() > kMaxTargets) return Wrong("targets", "at most 1000");
  return absl::OkStatus();
}

absl::Status Check(const v1::RevokeRelayRequest& request) {
  if (request.name().empty() || request.name().size() > kMaxFilterBytes) return Wrong("name", "a relay's name");
  return CheckReason(request.reason());
}

absl::Status Check(const v1::RunVerificationRequest& request) {
  return request.target().size() <= kMaxFilterBytes ? absl::OkStatus() : Wrong("target", "at most 128 bytes");
}

absl::Status Check(const v1::ListVerificationsRequest& request) {
  if (request.target().size() > kMaxFilterBytes) return Wrong("target", "at most 128 bytes");
  return CheckLimit(request.limit());
}

}  // namespace postern::api
