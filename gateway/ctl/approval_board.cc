#include "gateway/ctl/approval_board.h"

#include <algorithm>
#include <utility>

#include "gateway/ctl/safe_text.h"

namespace postern::ctl {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kDelete = '\x7f';
constexpr size_t kMostReasonBytes = 1024;

bool IsBlank(const std::string& text) { return text.find_first_not_of(' ') == std::string::npos; }

// The last character, which may be several bytes of UTF-8.
void EraseLast(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

void ApprovalBoard::Take(const v1::Approval& approval) {
  const auto same = [&](const v1::Approval& other) { return other.id() == approval.id(); };
  const auto known = std::find_if(pending_.begin(), pending_.end(), same);
  if (approval.state() == v1::Approval::STATE_PENDING) {
    known == pending_.end() ? pending_.push_back(approval) : void(*known = approval);
    if (!std::exchange(chose_first_, true)) chosen_ = approval.id();
    return;
  }
  if (known != pending_.end()) pending_.erase(known);
  if (chosen_ != approval.id()) return;
  chosen_.clear();
  lost_ = deciding_.has_value();
  if (lost_) notice_ = approval.id() + " is decided already; nothing was sent";
  deciding_.reset();
}

size_t ApprovalBoard::ChosenIndex() const {
  const auto at = std::find_if(pending_.begin(), pending_.end(), [&](const v1::Approval& one) { return one.id() == chosen_; });
  return static_cast<size_t>(at - pending_.begin());
}

const v1::Approval* ApprovalBoard::chosen() const {
  const size_t index = ChosenIndex();
  return index == pending_.size() ? nullptr : &pending_[index];
}

void ApprovalBoard::Choose(size_t index) {
  if (index < pending_.size()) chosen_ = pending_[index].id();
}

ApprovalBoard::Wish ApprovalBoard::OnKey(char key) {
  if (lost_) {
    lost_ = key != kEscape && key != '\r' && key != '\n';
    if (!lost_) notice_.clear();
    return Wish::kNothing;
  }
  notice_.clear();
  if (deciding_) return OnReasonKey(key);
  const size_t index = ChosenIndex();
  const bool none = index == pending_.size();
  if (key == 'q') return Wish::kQuit;
  if (key == 'j') Choose(none ? 0 : index + 1);
  if (key == 'k') Choose(none || index == 0 ? 0 : index - 1);
  if (key >= '1' && key <= '9') Choose(static_cast<size_t>(key - '1'));
  if (none) return Wish::kNothing;
  if (key == 's') return Wish::kShow;
  if (key == 'a' || key == 'd') deciding_ = Decision{chosen_, key == 'a', {}};
  return Wish::kNothing;
}

ApprovalBoard::Wish ApprovalBoard::OnReasonKey(char key) {
  Decision& decision = *deciding_;
  if (key == kEscape) {
    deciding_.reset();
  } else if (key == kDelete || key == '\b') {
    EraseLast(decision.reason);
  } else if (key == '\r' || key == '\n') {
    const bool wanted = !decision.approve || chosen()->reason_required();
    if (!wanted || !IsBlank(decision.reason)) return Wish::kDecide;
    notice_ = decision.approve ? "policy wants a reason" : "a denial needs a reason";
  } else if (static_cast<unsigned char>(key) >= ' ' && decision.reason.size() < kMostReasonBytes) {
    decision.reason.push_back(key);
  }
  return Wish::kNothing;
}

ApprovalBoard::Decision ApprovalBoard::TakeDecision() { return *std::exchange(deciding_, std::nullopt); }

std::string ApprovalBoard::Prompt(size_t columns) const {
  std::string line = notice_.empty() ? "" : "(" + notice_ + ") ";
  const v1::Approval* one = chosen();
  if (lost_) {
    line += "Enter or Esc to go on";
  } else if (deciding_) {
    line += (deciding_->approve ? "approve " : "deny ") + deciding_->id + ", reason: " + deciding_->reason + "_  (Enter, Esc)";
  } else if (one == nullptr) {
    line += pending_.empty() ? "nothing waits  [q]uit" : "choose with j, k or 1-9  [q]uit";
  } else {
    line += "[" + std::to_string(ChosenIndex() + 1) + "/" + std::to_string(pending_.size()) + "] " + one->id() + " " +
            one->agent() + ": [a]pprove [d]eny [s]how [j/k] [q]uit";
  }
  return Shortened(line, columns);
}

}  // namespace postern::ctl
