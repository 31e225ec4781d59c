#include "gateway/identity/failure_limit.h"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace postern::identity {

std::string SourceKey(std::string_view address) {
  in6_addr parsed{};
  if (inet_pton(AF_INET6, std::string(address).c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return std::string(address);
  return std::string(reinterpret_cast<const char*>(parsed.s6_addr), 8);
}

FailureLimit::FailureLimit(FailureLimitOptions options) : options_(options) {}

absl::Duration FailureLimit::Wait(std::string_view key, absl::Time now) {
  std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return absl::ZeroDuration();
  return std::max(absl::ZeroDuration(), found->second->blocked_until - now);
}

FailureLimit::Verdict FailureLimit::Count(std::string_view key, absl::Time now) {
  std::lock_guard lock(mutex_);
  Bucket& bucket = Find(key, now);
  if (now < bucket.blocked_until) {
    ++bucket.untold;
    return {.waiting = true};
  }
  return {.blocks = Spend(bucket, now), .untold = std::exchange(bucket.untold, 0)};
}

bool FailureLimit::Failed(std::string_view key, absl::Time now) {
  std::lock_guard lock(mutex_);
  return Spend(Find(key, now), now);
}

bool FailureLimit::Spend(Bucket& bucket, absl::Time now) const {
  const double earned =
      options_.burst * absl::FDivDuration(std::max(absl::ZeroDuration(), now - bucket.counted_at), options_.per);
  bucket.counted_at = now;
  bucket.left = std::min(options_.burst, bucket.left + earned);
  if (bucket.left >= options_.burst) bucket.next_block = options_.block;
  bucket.left -= 1;
  if (bucket.left > 0) return false;
  bucket.left = 0;
  bucket.blocked_until = now + bucket.next_block;
  bucket.next_block = std::min(options_.max_block, bucket.next_block * 2);
  return true;
}

FailureLimit::Bucket& FailureLimit::Find(std::string_view key, absl::Time now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    buckets_.splice(buckets_.end(), buckets_, found->second);
    return *found->second;
  }
  if (buckets_.size() >= options_.keys) {
    by_key_.erase(buckets_.front().key);
    buckets_.pop_front();
  }
  buckets_.push_back({.key = std::string(key),
                      .left = options_.burst,
                      .counted_at = now,
                      .blocked_until = absl::InfinitePast(),
                      .next_block = options_.block});
  by_key_[buckets_.back().key] = std::prev(buckets_.end());
  return buckets_.back();
}

size_t FailureLimit::size() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace postern::identity
