#include "gateway/identity/failure_limits.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "common/observability/log.h"
#include "gateway/identity/jose/jwt.h"
#include "gateway/identity/token_secret.h"

namespace postern::identity {
namespace {

// Longer than any name there is; of what anybody may send only so much is kept.
constexpr size_t kMaxNameBytes = 64;

std::string_view KindOf(const Proof& proof) {
  if (proof.secret.empty()) return proof.certificate == nullptr ? "none" : "certificate";
  if (proof.secret.starts_with(kTokenPrefix)) return "token";
  if (proof.secret.starts_with(kTaskPrefix)) return "task";
  return jose::LooksLikeJwt(proof.secret) ? "oidc" : "other";
}

}  // namespace

absl::Status FailureLimits::Failed(const Proof& proof, std::string_view why, absl::Time now) {
  counted_(KindOf(proof));
  const std::string_view name = proof.name.substr(0, kMaxNameBytes);
  const FailureLimit::Verdict source = by_source_.Count(SourceKey(proof.source), now);
  if (source.waiting) return absl::ResourceExhaustedError("too many failed logins from this address");
  const FailureLimit::Verdict agent = name.empty() ? FailureLimit::Verdict{} : by_name_.Count(name, now);
  if (agent.waiting) return absl::ResourceExhaustedError("too many failed logins as this agent");
  std::string text(why);
  if (const uint64_t untold = std::max(source.untold, agent.untold); untold > 0) {
    absl::StrAppend(&text, "; ", untold, " more failed before it and were not recorded one by one");
  }
  if (source.blocks) {
    log::Warning("too many failed logins from this address, it is limited", {{"address", proof.source}});
    absl::StrAppend(&text, "; too many from this address: the next are counted only");
  }
  if (agent.blocks) {
    log::Warning("too many failed logins as this agent, they are limited", {{"agent", name}});
    absl::StrAppend(&text, "; too many as this agent: the next are counted only");
  }
  return absl::UnauthenticatedError(text);
}

absl::StatusOr<Principal> CountedFailures::Authenticate(const Proof& proof, absl::Time now) {
  auto who = others_.Authenticate(proof, now);
  const bool too_late = absl::IsFailedPrecondition(who.status());  // a task that ended: known, and as cheap to repeat
  if (!absl::IsUnauthenticated(who.status()) && !too_late) return who;
  absl::Status counted = limits_.Failed(proof, {who.status().message().data(), who.status().message().size()}, now);
  if (too_late && !absl::IsResourceExhausted(counted)) return who;
  return counted;
}

}  // namespace postern::identity
