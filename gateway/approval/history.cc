#include "gateway/approval/history.h"

#include <utility>

namespace postern::approval {

void History::Add(v1::Approval approval) {
  auto ended = std::make_shared<const v1::Approval>(std::move(approval));
  bytes_ += ended->ByteSizeLong();
  by_id_[ended->id()] = ended;
  ended_.push_back(std::move(ended));
  while (!ended_.empty() && (ended_.size() > max_count_ || bytes_ > max_bytes_)) {
    bytes_ -= ended_.front()->ByteSizeLong();
    by_id_.erase(ended_.front()->id());
    ended_.pop_front();
  }
}

ApprovalPtr History::Find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

}  // namespace postern::approval
