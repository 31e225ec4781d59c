#include "gateway/frontend/hold.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <asio/this_coro.hpp>
#include <utility>

#include "common/net/mailbox.h"
#include "gateway/frontend/approval_for.h"
#include "gateway/frontend/preview.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/ticket.h"

namespace postern::frontend {
namespace {

asio::awaitable<bool> WaitForApproval(SessionState& s, Errand& errand) {
  const absl::Time since = absl::Now();
  const absl::Duration wait = std::min(errand.decision.terms().wait, s.services.options.hold_wait_max);
  v1::Approval approval = ApprovalFor(s, errand);
  const std::string id = approval.id();

  net::Mailbox<approval::Resolution> resolved(co_await asio::this_coro::executor);
  s.step.Calm();
  s.waiting = Waiting::kApproval;
  s.waiting_approval = id;
  const std::string put_in = s.services.approvals.Hold(std::move(approval), wait, [&resolved](approval::Resolution how) {
    resolved.Put(std::move(how));
  });
  if (!put_in.empty()) BeginPreview(s, errand, id);
  // Nothing is approved for an agent that left.
  s.channel->MustNotice(true);
  const approval::Resolution how = co_await resolved.Take();
  s.channel->MustNotice(false);
  s.waiting = Waiting::kNothing;
  s.waiting_approval.clear();
  errand.held = absl::Now() - since;

  // An approval that crossed with the session's end does not run.
  if (how.verdict == v1::ApprovalDecided::VERDICT_APPROVED && !s.ending) co_return true;
  co_await Refuse(s, errand, NotApproved(s, errand, id, how, wait));
  co_return false;
}

}  // namespace

asio::awaitable<bool> AskReviewers(SessionState& s, Errand& errand) {
  const policy::HoldMode mode = s.login.hold_mode.value_or(errand.decision.terms().mode);
  if (mode == policy::HoldMode::kTicket) co_return co_await PresentTicket(s, errand);
  co_return co_await WaitForApproval(s, errand);
}

}  // namespace postern::frontend
