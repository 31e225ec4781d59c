#include "gateway/recording/verify/trust.h"

namespace postern::recording {
namespace {

// Nobody rotates keys so often: a journal that holds more is hostile.
constexpr size_t kMostSuccessions = 10'000;

}  // namespace

bool Trust::Believes(const PublicKey& key) {
  if (key == current_) return true;
  const bool succeeds = successors_.count(key) > 0;
  if (!succeeds && (ended_.count(key) > 0 || (!first_counts_ && pinned_.count(key) == 0))) return false;
  if (succeeds) ended_.insert(*current_);
  ended_.erase(key);
  Become(key);
  return true;
}

// From the newest to the oldest: who is known vouches for whom it succeeded.
bool Trust::Knows(const PublicKey& key) const {
  std::set<PublicKey> known = pinned_;
  known.insert(believed_.begin(), believed_.end());
  for (auto one = successions_.rbegin(); one != successions_.rend(); ++one) {
    if (known.count(one->new_key) > 0) known.insert(one->old_key);
  }
  return known.count(key) > 0;
}

void Trust::Succeed(const Succession& succession) {
  if (successions_.size() < kMostSuccessions) successions_.push_back(succession);
  if (!current_ && (first_counts_ || pinned_.count(succession.old_key) > 0)) Become(succession.old_key);
  if (succession.old_key == current_) successors_.insert(succession.new_key);
}

void Trust::Become(const PublicKey& key) {
  first_counts_ = false;
  current_ = key;
  successors_.clear();
  believed_.insert(key);
}

}  // namespace postern::recording
