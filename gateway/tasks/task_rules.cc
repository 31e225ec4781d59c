#include "gateway/tasks/task_rules.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/identity/token_rules.h"

namespace postern::tasks {
namespace {

constexpr size_t kMaxReasonBytes = 512;
constexpr size_t kMaxRunIdBytes = 128;
constexpr int kMaxLabels = 16;
constexpr size_t kMaxLabelKeyBytes = 64;
constexpr size_t kMaxLabelBytes = 256;
constexpr int kMaxGroups = 64;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(what)));
}

absl::Status Denied(std::string_view why) { return absl::PermissionDeniedError(std::string(why)); }

// One line, so that no record or table of ours is broken by it.
bool IsLine(std::string_view text, size_t most) {
  return text.size() <= most && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
         });
}

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool HasRole(const identity::Principal& who, v1::Role role) {
  return std::find(who.roles.begin(), who.roles.end(), role) != who.roles.end();
}

absl::Status CheckStart(const v1::StartTaskRequest& request) {
  if (!identity::IsAgentName(request.target())) return Wrong("target", "a target's name");
  if (request.reason().empty()) return Wrong("reason", "say what the task is for");
  if (!IsLine(request.reason(), kMaxReasonBytes)) return Wrong("reason", "one line of at most 512 bytes");
  if (request.ttl_seconds() < 0) return Wrong("ttl_seconds", "must not be negative");
  if (!request.agent().empty() && !identity::IsAgentName(request.agent())) return Wrong("agent", "an agent's name");
  if (request.groups_size() > kMaxGroups) return Wrong("groups", "at most 64");
  for (const std::string& group : request.groups()) {
    if (!identity::IsAgentName(group)) return Wrong("groups", "names of groups");
  }
  if (!request.sponsor().empty() && !identity::IsPersonName(request.sponsor())) {
    return Wrong("sponsor", "a person's name: 1 to 64 characters of A-Z a-z 0-9 . _ - @");
  }
  if (!IsLine(request.run_id(), kMaxRunIdBytes)) return Wrong("run_id", "one line of at most 128 bytes");
  if (request.labels_size() > kMaxLabels) return Wrong("labels", "at most 16");
  for (const auto& [key, value] : request.labels()) {
    if (key.empty() || !IsLine(key, kMaxLabelKeyBytes)) return Wrong("labels", "a key is one line of 1 to 64 bytes");
    if (!IsLine(value, kMaxLabelBytes)) return Wrong("labels", "a value is one line of at most 256 bytes");
  }
  return absl::OkStatus();
}

absl::StatusOr<Beneficiary> ForWhom(const v1::StartTaskRequest& request, const identity::Principal& who) {
  if (who.kind == v1::PRINCIPAL_KIND_AGENT) {
    if (!request.agent().empty() && request.agent() != who.name) return Denied("an agent starts tasks for itself only");
    if (!request.groups().empty()) return Denied("an agent has the groups of its token");
    if (!who.targets.empty() && !Contains(who.targets, request.target())) {
      return Denied("the target is not one of the token's");
    }
    return Beneficiary{.agent = who.name, .groups = who.groups};
  }
  if (!HasRole(who, v1::ROLE_ADMIN)) return Denied("starting a task for an agent needs role admin");
  if (request.agent().empty()) return Wrong("agent", "a person says which agent the task is for");
  return Beneficiary{.agent = request.agent(), .groups = {request.groups().begin(), request.groups().end()}};
}

absl::StatusOr<absl::Duration> TtlOf(int64_t ttl_seconds, const policy::AccessTerms& terms) {
  if (ttl_seconds == 0) return terms.max_ttl;
  // Compared as durations: no number of seconds overflows one.
  const absl::Duration ttl = absl::Seconds(ttl_seconds);
  if (ttl <= terms.max_ttl) return ttl;
  return absl::InvalidArgumentError(
      absl::StrCat("a task may be at most ", absl::FormatDuration(terms.max_ttl), " here (the policy's max_ttl)"));
}

bool MaySee(const v1::Task& task, const identity::Principal& who) {
  if (who.kind != v1::PRINCIPAL_KIND_AGENT) return true;
  return task.agent() == who.name && (who.targets.empty() || Contains(who.targets, task.target()));
}

absl::Status MayExtend(const v1::Task& task, const policy::AccessTerms& terms, const identity::Principal& who) {
  const bool approved = !task.approval_id().empty() || terms.open == policy::Open::kApproval;
  if (!approved) return absl::OkStatus();
  if (who.kind == v1::PRINCIPAL_KIND_AGENT) return Denied("policy opens this task by approval: a reviewer may extend it");
  if (who.name == task.requester() || who.name == task.sponsor()) {
    return Denied("nobody extends what they asked for or sponsor");
  }
  const bool reviews = HasRole(who, v1::ROLE_REVIEWER) &&
                       std::any_of(who.groups.begin(), who.groups.end(), [&](const std::string& group) {
                         return Contains(terms.approval.reviewers, group);
                       });
  return reviews ? absl::OkStatus() : Denied("only one who could approve the task may extend it");
}

}  // namespace postern::tasks
