#include "gateway/frontend/ticket.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <asio/this_coro.hpp>
#include <utility>

#include "common/net/mailbox.h"
#include "gateway/frontend/approval_for.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/preview.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

using Answer = approval::Presented::Answer;

v1::Approval TicketFor(const SessionState& s, const Errand& errand) {
  v1::Approval approval = ApprovalFor(s, errand);
  approval.set_binding(BindingOf(s, errand));
  approval.set_window_seconds(absl::ToInt64Seconds(errand.decision.terms().window));
  return approval;
}

void BindToTransaction(SessionState& s, const v1::Approval& approval) {
  if (!approval.in_transaction()) return;
  std::vector<std::string>& tickets = s.transaction.tickets;
  if (std::find(tickets.begin(), tickets.end(), approval.id()) == tickets.end()) tickets.push_back(approval.id());
}

Refusal RefusalFor(const SessionState& s, const Errand& errand, const approval::Presented& presented) {
  if (s.ending) return SessionEnded(s, errand);
  switch (presented.answer) {
    case Answer::kWaits:
      return HeldAsTicket(errand, presented.approval);
    case Answer::kDenied:
      return TicketDenied(errand, presented.approval);
    case Answer::kMayUse:
    case Answer::kRefused:
      break;
  }
  return NotHeld(errand, presented.why);
}

}  // namespace

asio::awaitable<bool> PresentTicket(SessionState& s, Errand& errand) {
  const absl::Time since = absl::Now();
  const absl::Duration wait = std::min(errand.decision.terms().wait, s.services.options.hold_wait_max);
  net::Mailbox<approval::Presented> told(co_await asio::this_coro::executor);
  v1::Approval ticket = TicketFor(s, errand);
  const std::string id = ticket.id();
  s.services.approvals.Present(std::move(ticket), wait, [&told](approval::Presented how) { told.Put(std::move(how)); });
  const approval::Presented presented = co_await told.Take();
  errand.held = absl::Now() - since;
  const bool is_new = presented.approval.id() == id;
  if (presented.answer == Answer::kWaits && is_new) BeginPreview(s, errand, id);
  if (presented.answer == Answer::kWaits) BindToTransaction(s, presented.approval);
  if (presented.answer == Answer::kMayUse && !s.ending) {
    errand.ticket = presented.approval.id();
    co_return true;
  }
  Refusal refusal = RefusalFor(s, errand, presented);
  co_await Refuse(s, errand, std::move(refusal));
  co_return false;
}

asio::awaitable<bool> UseTicket(SessionState& s, Errand& errand) {
  net::Mailbox<absl::Status> done(co_await asio::this_coro::executor);
  s.services.approvals.Use(errand.ticket, {s.login.session_id, errand.record.statement_id()},
                           [&done](absl::Status status) { done.Put(std::move(status)); });
  const absl::Status used = co_await done.Take();
  if (used.ok()) co_return true;
  Refusal refusal = absl::IsUnavailable(used) ? RecordingFailed(errand, used) : TicketUsedUp(errand);
  co_await Refuse(s, errand, std::move(refusal));
  co_return false;
}

}  // namespace postern::frontend
