// How often somebody may fail before it must wait: a token bucket per key, an address or a name, in bounded memory.
//
// A key has `burst` failures to spend and earns them back evenly over `per`. Once they are spent it is blocked for
// `block`, and for twice as long each time again until it has earned everything back, up to `max_block`. A success
// changes nothing: whoever holds one good token could else guess on. When the table is full the key that failed
// longest ago is forgotten. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_
#define POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace postern::identity {

// What the failures of an address are counted under: the network of 64 bits that an IPv6 host may choose addresses from at will
// (RFC 7421), anything else as it is.
std::string SourceKey(std::string_view address);

struct FailureLimitOptions {
  double burst = 10;
  absl::Duration per = absl::Minutes(1);
  absl::Duration block = absl::Seconds(5);
  absl::Duration max_block = absl::Minutes(5);
  size_t keys = 16384;
};

class FailureLimit {
 public:
  // What became of one failure.
  struct Verdict {
    bool waiting = false;  // the key is blocked: this one is only counted
    bool blocks = false;   // this is the one that blocks it
    uint64_t untold = 0;   // were only counted since the last one that was not
  };

  explicit FailureLimit(FailureLimitOptions options);

  // How long the key must still wait; zero when it may try.
  absl::Duration Wait(std::string_view key, absl::Time now);
  Verdict Count(std::string_view key, absl::Time now);
  // Counts one of a key that does not wait. True when it is the one that blocks it.
  bool Failed(std::string_view key, absl::Time now);

  size_t size() const;

 private:
  struct Bucket {
    std::string key;
    double left = 0;
    absl::Time counted_at;
    absl::Time blocked_until = absl::InfinitePast();
    absl::Duration next_block;
    uint64_t untold = 0;
  };
  // With the lock held.
  Bucket& Find(std::string_view key, absl::Time now);
  bool Spend(Bucket& bucket, absl::Time now) const;

  const FailureLimitOptions options_;
  mutable std::mutex mutex_;
  // Least recently failed first.
  std::list<Bucket> buckets_;
  std::map<std::string, std::list<Bucket>::iterator, std::less<>> by_key_;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_FAILURE_LIMIT_H_
