#include "relay-agent/credential/aws_rds_iam.h"

#include <absl/time/clock.h>

namespace postern::relay {
namespace {

// A token lives no longer than the keys that signed it; keys are replaced before they could cut a login short.
constexpr absl::Duration kBeforeExpiry = absl::Minutes(5);

}  // namespace

absl::StatusOr<Credential> AwsRdsIam::Fetch(absl::Time deadline) {
  std::lock_guard lock(mutex_);
  const absl::Time now = absl::Now();
  if (!keys_ || options_.keys.from == AwsKeysFrom::kEnvironment || now >= keys_->expires - kBeforeExpiry) {
    absl::StatusOr<AwsKeys> keys = FetchAwsKeys(options_.keys, deadline);
    // The old ones still serve for a while.
    if (keys.ok()) keys_ = *std::move(keys);
    if (!keys.ok() && (!keys_ || now >= keys_->expires)) return keys.status();
  }
  return Credential{options_.user, RdsToken(options_.host, options_.port, options_.user, options_.region, *keys_, now), std::nullopt};
}

}  // namespace postern::relay
