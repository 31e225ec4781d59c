// How often a source may fail before it must wait: a token bucket per source, in bounded memory.
//
// A source has `burst` failures to spend and earns them back evenly over `per`. Once they are spent it is blocked for
// `block`, and for twice as long each time again until it has earned everything back, up to `max_block`. A success
// changes nothing: whoever holds one good token could else guess on. When the table is full the source that failed
// longest ago is forgotten. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_
#define POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_

#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace postern::identity {

struct FailureLimitOptions {
  double burst = 10;
  absl::Duration per = absl::Minutes(1);
  absl::Duration block = absl::Seconds(5);
  absl::Duration max_block = absl::Minutes(5);
  size_t sources = 16384;
};

class FailureLimit {
 public:
  explicit FailureLimit(FailureLimitOptions options);

  // How long the source must still wait; zero when it may try.
  absl::Duration Wait(std::string_view source, absl::Time now);
  // True when this failure is the one that blocks it.
  bool Failed(std::string_view source, absl::Time now);

  size_t size() const;

 private:
  struct Bucket {
    std::string source;
    double left = 0;
    absl::Time counted_at;
    absl::Time blocked_until = absl::InfinitePast();
    absl::Duration next_block;
  };
  Bucket& Find(std::string_view source, absl::Time now);

  const FailureLimitOptions options_;
  mutable std::mutex mutex_;
  // Least recently failed first.
  std::list<Bucket> buckets_;
  std::map<std::string, std::list<Bucket>::iterator, std::less<>> by_source_;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_
