#include "gateway/identity/failure_limit.h"

#include <algorithm>
#include <iterator>

namespace postern::identity {

FailureLimit::FailureLimit(FailureLimitOptions options) : options_(options) {}

absl::Duration FailureLimit::Wait(std::string_view source, absl::Time now) {
  std::lock_guard lock(mutex_);
  const auto found = by_source_.find(source);
  if (found == by_source_.end()) return absl::ZeroDuration();
  return std::max(absl::ZeroDuration(), found->second->blocked_until - now);
}

bool FailureLimit::Failed(std::string_view source, absl::Time now) {
  std::lock_guard lock(mutex_);
  Bucket& bucket = Find(source, now);
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

FailureLimit::Bucket& FailureLimit::Find(std::string_view source, absl::Time now) {
  if (const auto found = by_source_.find(source); found != by_source_.end()) {
    buckets_.splice(buckets_.end(), buckets_, found->second);
    return *found->second;
  }
  if (buckets_.size() >= options_.sources) {
    by_source_.erase(buckets_.front().source);
    buckets_.pop_front();
  }
  buckets_.push_back({.source = std::string(source),
                      .left = options_.burst,
                      .counted_at = now,
                      .blocked_until = absl::InfinitePast(),
                      .next_block = options_.block});
  by_source_[buckets_.back().source] = std::prev(buckets_.end());
  return buckets_.back();
}

size_t FailureLimit::size() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace postern::identity
