// Tickets: approvals that outlive the statement that asked for them, and are used up by the same statement sent again.
#include <algorithm>
#include <utility>

#include "gateway/approval/held_statements.h"
#include "gateway/approval/records.h"
#include "gateway/approval/sample.h"

namespace postern::approval {
namespace {

using Verdicts = v1::ApprovalDecided;
using Answer = Presented::Answer;

absl::Time DecidedAt(const v1::Approval& approval) {
  if (approval.votes().empty()) return absl::InfinitePast();
  return absl::FromUnixMillis(approval.votes(approval.votes_size() - 1).at_unix_ms());
}

bool IsTicket(const v1::Approval& approval) { return approval.mode() == v1::Approval::MODE_TICKET; }

// A ticket that was approved and neither used nor ended.
bool IsUnused(const v1::Approval& approval) {
  return IsTicket(approval) && approval.state() == v1::Approval::STATE_APPROVED && approval.used_at_unix_ms() == 0;
}

}  // namespace

// A denial answers for as long as the ticket could have been used: whoever asks again meanwhile is told the same.
std::optional<Presented> HeldStatements::FindTicket(const v1::Approval& approval) const {
  const auto known = ticket_of_.find(approval.binding());
  if (known == ticket_of_.end()) return std::nullopt;
  if (const auto live = held_.find(known->second); live != held_.end()) {
    const Held& held = live->second;
    switch (held.phase) {
      case Phase::kUsable:
        if (held.expires <= now_()) return std::nullopt;
        return Presented{Answer::kMayUse, held.approval, {}};
      case Phase::kRecording:
      case Phase::kPending:
      case Phase::kDeciding:
        return Presented{Answer::kWaits, held.approval, {}};
      case Phase::kUsing:
      case Phase::kEnding:
        return std::nullopt;
    }
  }
  const ApprovalPtr ended = history_.Find(known->second);
  if (ended == nullptr || ended->state() != v1::Approval::STATE_DENIED) return std::nullopt;
  if (DecidedAt(*ended) + absl::Seconds(ended->window_seconds()) <= now_()) return std::nullopt;
  return Presented{Answer::kDenied, *ended, {}};
}

void HeldStatements::Present(v1::Approval approval, absl::Duration wait, Told told) {
  const absl::Time now = now_();
  const absl::Time expires = now + std::clamp(wait, absl::ZeroDuration(), limits_.wait_max);
  Held held{.approval = Begin(std::move(approval), now, expires), .expires = expires};
  held.approval.set_mode(v1::Approval::MODE_TICKET);
  std::optional<Presented> found;
  Actions actions;
  {
    std::lock_guard lock(mutex_);
    found = FindTicket(held.approval);
    if (!found) {
      const std::string binding = held.approval.binding();
      const std::string id = held.approval.id();
      held.told = std::move(told);
      const absl::Status added = Add(held, actions);
      if (added.ok()) {
        ticket_of_[binding] = id;
      } else {
        told = std::move(held.told);
        found = Presented{Answer::kRefused, {}, std::string(added.message())};
      }
    }
  }
  if (found) return told(*std::move(found));
  Run(std::move(actions));
}

void HeldStatements::MakeUsable(Held& held, Actions& actions) {
  held.expires = now_() + absl::Seconds(held.approval.window_seconds());
  held.approval.set_state(v1::Approval::STATE_APPROVED);
  held.approval.set_usable_until_unix_ms(absl::ToUnixMillis(held.expires));
  held.phase = Phase::kUsable;
  DropSample(held.approval, kDecided);
  Tell(held.approval);
  RefuseLateVotes(held, actions);
  actions.push_back([this, expires = held.expires] { wake_(expires); });
  if (held.ending) StartEnding(held, actions);
}

void HeldStatements::Use(const std::string& id, User user, Used used) {
  Actions actions;
  absl::Status refused = absl::OkStatus();
  {
    std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (closing_ || found == held_.end() || found->second.phase != Phase::kUsable || found->second.expires <= now_()) {
      refused = absl::FailedPreconditionError("the approval was used already, or is over");
    } else {
      found->second.phase = Phase::kUsing;
      Append(
          UsedRecord(found->second.approval, user.session_id, user.statement_id, now_()),
          [this, id, statement_id = user.statement_id, used = std::move(used)](absl::Status status, Actions& next) mutable {
            OnTicketUse(id, statement_id, std::move(used), status, next);
          },
          actions);
    }
  }
  if (!refused.ok()) return used(std::move(refused));
  Run(std::move(actions));
}

void HeldStatements::OnTicketUse(const std::string& id, const std::string& statement_id, Used used, const absl::Status& status,
                                 Actions& actions) {
  Held& held = held_.at(id);
  if (!status.ok()) {
    held.phase = Phase::kUsable;
    if (held.ending) StartEnding(held, actions);
    actions.push_back([used = std::move(used)]() mutable { used(absl::UnavailableError("the use of the approval could not be recorded")); });
    return;
  }
  held.approval.set_used_at_unix_ms(absl::ToUnixMillis(now_()));
  held.approval.set_used_by_statement_id(statement_id);
  if (shelf_ == nullptr) return OnTicketKept(id, std::move(used), absl::OkStatus(), actions);
  ++in_flight_;
  shelf_->Keep(held.approval, [this, id, used = std::move(used)](const absl::Status& kept) mutable {
    Actions next;
    {
      std::lock_guard lock(mutex_);
      OnTicketKept(id, std::move(used), kept, next);
    }
    Run(std::move(next));
    std::lock_guard lock(mutex_);
    --in_flight_;
    answered_.notify_all();
  });
}

// Used up, kept or not: what did not run may be asked for again.
void HeldStatements::OnTicketKept(const std::string& id, Used used, const absl::Status& status, Actions& actions) {
  Held& held = held_.at(id);
  const std::string reviewers = Approvers(held.approval);
  Finish(id, {Verdicts::VERDICT_APPROVED, {}}, reviewers, actions);
  actions.push_back([used = std::move(used), status]() mutable {
    used(status.ok() ? absl::OkStatus() : absl::UnavailableError("the use of the approval could not be kept"));
  });
}

void HeldStatements::Remember(v1::Approval ended) {
  const auto forget_ticket = [this](const v1::Approval& approval) {
    const auto known = ticket_of_.find(approval.binding());
    if (known != ticket_of_.end() && known->second == approval.id()) ticket_of_.erase(known);
  };
  if (ended.state() != v1::Approval::STATE_DENIED) forget_ticket(ended);
  for (const ApprovalPtr& oldest : history_.Add(std::move(ended), now_())) {
    forget_ticket(*oldest);
    if (shelf_ != nullptr) shelf_->Forget(oldest->id());
  }
}

// --- what an earlier life kept

void HeldStatements::Restore(std::vector<v1::Approval> kept) {
  Actions actions;
  {
    std::lock_guard lock(mutex_);
    for (v1::Approval& approval : kept) RestoreOne(std::move(approval), actions);
  }
  Run(std::move(actions));
}

void HeldStatements::RestoreOne(v1::Approval approval, Actions& actions) {
  const bool unused = IsUnused(approval);
  if (IsTicket(approval)) ticket_of_[approval.binding()] = approval.id();
  if (approval.state() != v1::Approval::STATE_PENDING && !unused) return Remember(std::move(approval));
  const bool goes_on = IsTicket(approval) && !approval.in_transaction();
  const int64_t until = unused ? approval.usable_until_unix_ms() : approval.expires_at_unix_ms();
  ++held_of_agent_[approval.agent()];
  Held& held = held_[approval.id()];
  held.expires = absl::FromUnixMillis(until);
  held.phase = unused ? Phase::kUsable : Phase::kPending;
  held.approval = std::move(approval);
  if (goes_on && !unused) Show(held.approval);
  if (!goes_on) AskToEnd(held, {Verdicts::VERDICT_VOID, "the gateway was started again"}, actions);
}

}  // namespace postern::approval
