#include "gateway/frontend/hold.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <asio/this_coro.hpp>
#include <utility>

#include "common/ids/ulid.h"
#include "common/net/mailbox.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

v1::Approval ApprovalFor(const SessionState& s, const Errand& errand) {
  const policy::HoldTerms& terms = errand.decision.terms();
  v1::Approval approval;
  approval.set_id(ids::NewApprovalId());
  approval.set_kind(v1::Approval::KIND_STATEMENT);
  *approval.mutable_task() = s.login.task->info();
  approval.set_session_id(s.login.session_id);
  approval.set_statement_id(errand.record.statement_id());
  approval.set_agent(s.login.who.name);
  approval.set_target(s.login.target);
  approval.set_schema(errand.record.schema());
  approval.set_statement(errand.record.forwarded().empty() ? errand.record.text() : errand.record.forwarded());
  *approval.mutable_parameters() = errand.record.parameters();
  approval.set_verb(errand.record.verb());
  *approval.mutable_objects() = errand.record.objects();
  approval.set_rule(errand.record.rule());
  for (const std::string& group : terms.reviewers) approval.add_reviewers(group);
  approval.set_approvals_needed(terms.approvals_needed);
  approval.set_in_transaction(s.in_transaction());
  return approval;
}

}  // namespace

asio::awaitable<bool> WaitForApproval(SessionState& s, Errand& errand) {
  const absl::Time since = absl::Now();
  const absl::Duration wait = std::min(errand.decision.terms().wait, s.services.options.hold_wait_max);
  v1::Approval approval = ApprovalFor(s, errand);
  const std::string id = approval.id();

  net::Mailbox<approval::Resolution> resolved(co_await asio::this_coro::executor);
  s.step.Calm();
  s.waiting = Waiting::kApproval;
  s.waiting_approval = id;
  s.services.approvals.Hold(std::move(approval), wait,
                            [&resolved](approval::Resolution how) { resolved.Put(std::move(how)); });
  // Nothing is approved for an agent that left.
  s.channel->MustNotice(true);
  const approval::Resolution how = co_await resolved.Take();
  s.channel->MustNotice(false);
  s.waiting = Waiting::kNothing;
  s.waiting_approval.clear();
  errand.held = absl::Now() - since;

  // An approval that crossed with the session's end does not run.
  if (how.verdict == v1::ApprovalDecided::VERDICT_APPROVED && !s.ending) co_return true;
  co_await Refuse(s, errand, NotApproved(s, errand, id, how));
  co_return false;
}

}  // namespace postern::frontend
