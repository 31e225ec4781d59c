// Counts what failed, in one place for every kind of proof: by the address it came from, and by the name it said to be.
//
// Stands before all other Authenticators. A good proof is let in however many bad ones came with its name or from its address: none can be
// guessed, so nobody can shut an agent out by failing in its name. What is limited is what failures may cost: those over the limit are
// answered RESOURCE_EXHAUSTED, so that they can be answered late and not written down one by one. How many those were is told with the
// next one that is. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_FAILURE_LIMITS_H_
#define POSTERN_GATEWAY_IDENTITY_FAILURE_LIMITS_H_

#include <functional>
#include <string_view>
#include <utility>

#include "gateway/identity/authenticator.h"
#include "gateway/identity/failure_limit.h"

namespace postern::identity {

struct FailureLimitsOptions {
  FailureLimitOptions by_source;
  // Many may fail in an agent's name from many places: whoever it is has no say in that.
  FailureLimitOptions by_name{.burst = 50, .max_block = absl::Minutes(1)};
};

// Shared by the ports, so that what fails at one counts at the other.
class FailureLimits {
 public:
  // What was shown: "token", "oidc", "task", "certificate", "other" or "none".
  using Counted = std::function<void(std::string_view kind)>;

  // `counted` is told of each, on any thread.
  FailureLimits(FailureLimitsOptions options, Counted counted)
      : by_source_(options.by_source), by_name_(options.by_name), counted_(std::move(counted)) {}

  // UNAUTHENTICATED with `why`, for the record, or RESOURCE_EXHAUSTED for one too many.
  absl::Status Failed(const Proof& proof, std::string_view why, absl::Time now);

 private:
  FailureLimit by_source_;
  FailureLimit by_name_;
  const Counted counted_;
};

class CountedFailures final : public Authenticator {
 public:
  // REQUIRES: both outlive this.
  CountedFailures(Authenticator& others, FailureLimits& limits) : others_(others), limits_(limits) {}

  void Prepare(std::string_view secret, absl::Time now, Ready ready) override { others_.Prepare(secret, now, std::move(ready)); }
  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time now) override;
  bool TakesIdTokens() const override { return others_.TakesIdTokens(); }
  bool StillValid(const Principal& who, absl::Time now) const override { return others_.StillValid(who, now); }

 private:
  Authenticator& others_;
  FailureLimits& limits_;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_FAILURE_LIMITS_H_
