#include "gateway/approval/records.h"

namespace postern::approval {
namespace {

v1::Record RecordOf(const v1::Approval& approval, absl::Time now) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(now));
  record.set_session_id(approval.session_id());
  record.set_task_id(approval.task().id());
  return record;
}

}  // namespace

v1::Record RequestedRecord(const v1::Approval& approval, absl::Time now, absl::Time expires) {
  v1::Record record = RecordOf(approval, now);
  v1::ApprovalRequested& requested = *record.mutable_approval_requested();
  requested.set_approval_id(approval.id());
  requested.set_statement_id(approval.statement_id());
  requested.set_rule(approval.rule());
  *requested.mutable_reviewers() = approval.reviewers();
  requested.set_approvals_needed(approval.approvals_needed());
  requested.set_expires_at_unix_us(absl::ToUnixMicros(expires));
  requested.set_ticket(approval.mode() == v1::Approval::MODE_TICKET);
  requested.set_binding(approval.binding());
  return record;
}

v1::Record DecidedRecord(const v1::Approval& approval, v1::ApprovalDecided::Verdict verdict, std::string_view reviewer,
                         std::string_view reason, absl::Time now) {
  v1::Record record = RecordOf(approval, now);
  v1::ApprovalDecided& decided = *record.mutable_approval_decided();
  decided.set_approval_id(approval.id());
  decided.set_statement_id(approval.statement_id());
  decided.set_verdict(verdict);
  decided.set_reviewer(std::string(reviewer));
  decided.set_reason(std::string(reason));
  return record;
}

v1::Record UsedRecord(const v1::Approval& approval, const std::string& session_id, const std::string& statement_id, absl::Time now) {
  v1::Record record = RecordOf(approval, now);
  record.set_session_id(session_id);
  v1::TicketUsed& used = *record.mutable_ticket_used();
  used.set_approval_id(approval.id());
  used.set_statement_id(statement_id);
  used.set_asked_by(approval.statement_id());
  return record;
}

v1::Record VoteRecord(const v1::Approval& approval, absl::Time now) {
  const v1::Vote& vote = approval.votes(approval.votes_size() - 1);
  v1::Record record = RecordOf(approval, now);
  v1::AdminAction& action = *record.mutable_admin_action();
  action.set_who(vote.reviewer());
  action.set_action("approvals.approve");
  action.set_object(approval.id());
  action.set_allowed(true);
  action.set_detail(vote.reason());
  return record;
}

void AddVote(v1::Approval& approval, std::string_view reviewer, bool approve, std::string_view reason, absl::Time now) {
  v1::Vote& vote = *approval.add_votes();
  vote.set_reviewer(std::string(reviewer));
  vote.set_approve(approve);
  vote.set_reason(std::string(reason));
  vote.set_at_unix_ms(absl::ToUnixMillis(now));
}

std::string Approvers(const v1::Approval& approval) {
  std::string names;
  for (const v1::Vote& vote : approval.votes()) {
    if (vote.approve()) names += (names.empty() ? "" : ", ") + vote.reviewer();
  }
  return names;
}

v1::Approval::State StateOf(v1::ApprovalDecided::Verdict verdict) {
  switch (static_cast<int>(verdict)) {
    case v1::ApprovalDecided::VERDICT_APPROVED:
      return v1::Approval::STATE_APPROVED;
    case v1::ApprovalDecided::VERDICT_DENIED:
      return v1::Approval::STATE_DENIED;
    case v1::ApprovalDecided::VERDICT_EXPIRED:
      return v1::Approval::STATE_EXPIRED;
    default:
      return v1::Approval::STATE_VOID;  // protobuf's enums are open
  }
}

}  // namespace postern::approval
