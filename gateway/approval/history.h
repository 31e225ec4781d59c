// Ended approvals, newest last, bounded in number, bytes and age. Not thread-safe: its owner's lock covers it.
#ifndef POSTERN_GATEWAY_APPROVAL_HISTORY_H_
#define POSTERN_GATEWAY_APPROVAL_HISTORY_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/postern/v1/approval.pb.h"

namespace postern::approval {

using ApprovalPtr = std::shared_ptr<const v1::Approval>;

class History {
 public:
  struct Bounds {
    size_t count = 0;
    uint64_t bytes = 0;
    absl::Duration age;
  };

  explicit History(Bounds bounds) : bounds_(bounds) {}

  // Returns those that are forgotten for it.
  std::vector<ApprovalPtr> Add(v1::Approval approval, absl::Time now);
  // Null when it never ended or is forgotten.
  ApprovalPtr Find(const std::string& id) const;
  const std::deque<ApprovalPtr>& all() const { return ended_; }

  // What was decided about statements of the same digest on the same target.
  v1::SimilarDecisions SimilarTo(const v1::Approval& approval) const;

 private:
  bool IsTooMuch(absl::Time now) const;
  void ForgetOldest();

  const Bounds bounds_;
  uint64_t bytes_ = 0;
  std::deque<ApprovalPtr> ended_;
  std::unordered_map<std::string, ApprovalPtr> by_id_;
  std::unordered_map<std::string, std::deque<ApprovalPtr>> by_kind_;  // of statement; oldest first
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_HISTORY_H_
