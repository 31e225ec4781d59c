// Ended approvals, newest last, bounded in number and bytes. Not thread-safe: its owner's lock covers it.
#ifndef POSTERN_GATEWAY_APPROVAL_HISTORY_H_
#define POSTERN_GATEWAY_APPROVAL_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "proto/postern/v1/approval.pb.h"

namespace postern::approval {

using ApprovalPtr = std::shared_ptr<const v1::Approval>;

class History {
 public:
  History(size_t max_count, uint64_t max_bytes) : max_count_(max_count), max_bytes_(max_bytes) {}

  void Add(v1::Approval approval);
  // Null when it never ended or is forgotten.
  ApprovalPtr Find(const std::string& id) const;
  const std::deque<ApprovalPtr>& all() const { return ended_; }

 private:
  const size_t max_count_;
  const uint64_t max_bytes_;
  uint64_t bytes_ = 0;
  std::deque<ApprovalPtr> ended_;
  std::unordered_map<std::string, ApprovalPtr> by_id_;
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_HISTORY_H_
