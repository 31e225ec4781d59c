// What somebody sees and does who watches approvals at a terminal: which are pending, which one is chosen, and what a key means.
// Pure: no terminal, no clock, no RPC.
//
// The choice is by id: what comes or goes never moves it to another approval. When an approval goes that a reason is being typed for,
// what is still typed is part of that reason and means nothing: the board waits for its Enter or Escape. And it never chooses again by
// itself, lest a key that was meant for what has gone be about what has come.
#ifndef POSTERN_GATEWAY_CTL_APPROVAL_BOARD_H_
#define POSTERN_GATEWAY_CTL_APPROVAL_BOARD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "proto/postern/v1/approval.pb.h"

namespace postern::ctl {

class ApprovalBoard {
 public:
  struct Decision {
    std::string id;
    bool approve = false;
    std::string reason;
  };
  enum class Wish { kNothing, kShow, kDecide, kQuit };

  // A change that was heard of.
  void Take(const v1::Approval& approval);
  // The first of all to come is chosen. j and k choose the next and the one before, 1 to 9 by number, s shows, a approves and d denies after a reason was typed and
  // Enter pressed, Escape takes that back, q leaves.
  Wish OnKey(char key);
  // REQUIRES: OnKey just said kDecide.
  Decision TakeDecision();

  const std::vector<v1::Approval>& pending() const { return pending_; }
  // Null: none is chosen.
  const v1::Approval* chosen() const;
  // The one line at the bottom, safe for a terminal and no longer than so many columns.
  std::string Prompt(size_t columns) const;

 private:
  Wish OnReasonKey(char key);
  void Choose(size_t index);
  size_t ChosenIndex() const;  // pending_.size(): none

  std::vector<v1::Approval> pending_;  // in the order they came
  std::string chosen_;
  bool chose_first_ = false;
  std::optional<Decision> deciding_;
  bool lost_ = false;  // what was being decided; its reason is still being typed
  std::string notice_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_APPROVAL_BOARD_H_
