#include "gateway/approval/history.h"

#include <utility>

namespace postern::approval {
namespace {

// A reviewer's decision about a statement; empty: it is none, or nothing is like it.
std::string KindOf(const v1::Approval& approval) {
  return approval.digest().empty() ? std::string() : approval.target() + '\0' + approval.digest();
}

bool WasDecided(const v1::Approval& approval) {
  return approval.state() == v1::Approval::STATE_APPROVED || approval.state() == v1::Approval::STATE_DENIED;
}

}  // namespace

bool History::IsTooMuch(absl::Time now) const {
  if (ended_.empty()) return false;
  if (ended_.size() > bounds_.count || bytes_ > bounds_.bytes) return true;
  return absl::FromUnixMillis(ended_.front()->created_at_unix_ms()) + bounds_.age < now;
}

std::vector<ApprovalPtr> History::Add(v1::Approval approval, absl::Time now) {
  auto ended = std::make_shared<const v1::Approval>(std::move(approval));
  bytes_ += ended->ByteSizeLong();
  by_id_[ended->id()] = ended;
  if (std::string kind = KindOf(*ended); !kind.empty() && WasDecided(*ended)) by_kind_[std::move(kind)].push_back(ended);
  ended_.push_back(std::move(ended));
  std::vector<ApprovalPtr> forgotten;
  while (IsTooMuch(now)) {
    forgotten.push_back(ended_.front());
    ForgetOldest();
  }
  return forgotten;
}

void History::ForgetOldest() {
  const ApprovalPtr oldest = std::move(ended_.front());
  ended_.pop_front();
  bytes_ -= oldest->ByteSizeLong();
  by_id_.erase(oldest->id());
  const auto alike = by_kind_.find(KindOf(*oldest));
  if (alike == by_kind_.end() || alike->second.front() != oldest) return;
  alike->second.pop_front();
  if (alike->second.empty()) by_kind_.erase(alike);
}

ApprovalPtr History::Find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

v1::SimilarDecisions History::SimilarTo(const v1::Approval& approval) const {
  v1::SimilarDecisions similar;
  const auto alike = by_kind_.find(KindOf(approval));
  if (alike == by_kind_.end()) return similar;
  uint32_t approved = 0;
  for (const ApprovalPtr& earlier : alike->second) approved += earlier->state() == v1::Approval::STATE_APPROVED ? 1 : 0;
  similar.set_approved(approved);
  similar.set_denied(static_cast<uint32_t>(alike->second.size()) - approved);
  const v1::Approval& latest = *alike->second.back();
  similar.set_latest_approval_id(latest.id());
  similar.set_latest_approved(latest.state() == v1::Approval::STATE_APPROVED);
  if (latest.votes().empty()) return similar;
  const v1::Vote& vote = latest.votes(latest.votes_size() - 1);
  similar.set_latest_reviewer(vote.reviewer());
  similar.set_latest_reason(vote.reason());
  similar.set_latest_at_unix_ms(vote.at_unix_ms());
  return similar;
}

}  // namespace postern::approval
