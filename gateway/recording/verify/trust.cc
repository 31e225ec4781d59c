#include "gateway/recording/verify/trust.h"

namespace postern::recording {

bool Trust::Believes(const PublicKey& key) {
  if (key == current_) return true;
  const bool succeeds = successors_.count(key) > 0;
  if (!succeeds && (ended_.count(key) > 0 || (!first_counts_ && pinned_.count(key) == 0))) return false;
  if (succeeds) ended_.insert(*current_);
  ended_.erase(key);
  Become(key);
  return true;
}

void Trust::Succeed(const Succession& succession) {
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
