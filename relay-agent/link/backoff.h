// How long to wait before the next attempt: twice as long each time, up to a limit, and never in step with others.
#ifndef POSTERN_RELAY_AGENT_LINK_BACKOFF_H_
#define POSTERN_RELAY_AGENT_LINK_BACKOFF_H_

#include <absl/time/time.h>

#include <algorithm>
#include <random>

namespace postern::relay {

class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration longest) : first_(first), longest_(longest), next_(first) {}

  // Between half of the step and all of it.
  absl::Duration Next() {
    const absl::Duration step = next_;
    next_ = std::min(next_ * 2, longest_);
    return step * std::uniform_real_distribution<double>(0.5, 1.0)(random_);
  }
  void Reset() { next_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration longest_;
  absl::Duration next_;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_BACKOFF_H_
