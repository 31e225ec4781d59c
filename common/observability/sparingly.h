// For a log line about what strangers can make happen as often as they like: one a second at most, which tells how often.
#ifndef POSTERN_COMMON_OBSERVABILITY_SPARINGLY_H_
#define POSTERN_COMMON_OBSERVABILITY_SPARINGLY_H_

#include <absl/time/time.h>

#include <cstddef>
#include <utility>

namespace postern::log {

class Sparingly {
 public:
  // It happened at `now`. How often it has since it was last told, when that is to be told now; else 0. One thread.
  size_t Count(absl::Time now) {
    ++untold_;
    if (now < told_ + absl::Seconds(1)) return 0;
    told_ = now;
    return std::exchange(untold_, 0);
  }

 private:
  absl::Time told_ = absl::InfinitePast();
  size_t untold_ = 0;
};

}  // namespace postern::log

#endif  // POSTERN_COMMON_OBSERVABILITY_SPARINGLY_H_
