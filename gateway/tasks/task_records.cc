#include "gateway/tasks/task_records.h"

#include <string>

namespace postern::tasks {
namespace {

v1::Record RecordOf(const v1::Task& task, absl::Time now) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(now));
  record.set_task_id(task.id());
  return record;
}

}  // namespace

v1::TaskInfo InfoOf(const v1::Task& task) {
  v1::TaskInfo info;
  info.set_id(task.id());
  info.set_reason(task.reason());
  info.set_requester(task.requester());
  info.set_sponsor(task.sponsor());
  info.set_run_id(task.run_id());
  *info.mutable_labels() = task.labels();
  return info;
}

void SetTerms(const policy::AccessTerms& terms, v1::Task& task) {
  task.set_idle_seconds(absl::ToInt64Seconds(terms.idle));
  task.set_connections(terms.connections);
  v1::TaskBudgets& budgets = *task.mutable_budgets();
  if (terms.budget.statements) budgets.set_statements(*terms.budget.statements);
  if (terms.budget.rows) budgets.set_rows(*terms.budget.rows);
  if (terms.budget.bytes) budgets.set_bytes(*terms.budget.bytes);
  if (terms.budget.masked_values) budgets.set_masked_values(*terms.budget.masked_values);
}

policy::AccessTerms TermsOf(const v1::Task& task) {
  policy::AccessTerms terms;
  terms.max_ttl = absl::Seconds(task.ttl_seconds());
  terms.idle = absl::Seconds(task.idle_seconds());
  terms.connections = task.connections();
  const v1::TaskBudgets& budgets = task.budgets();
  if (budgets.has_statements()) terms.budget.statements = budgets.statements();
  if (budgets.has_rows()) terms.budget.rows = budgets.rows();
  if (budgets.has_bytes()) terms.budget.bytes = budgets.bytes();
  if (budgets.has_masked_values()) terms.budget.masked_values = budgets.masked_values();
  return terms;
}

policy::Spending SpentOf(const v1::Task& task) {
  return {.statements = task.spent().statements(),
          .rows = task.spent().rows(),
          .bytes = task.spent().bytes(),
          .masked_values = task.spent().masked_values()};
}

TaskCounts CountsOf(const v1::Task& task) {
  TaskCounts counts;
  counts.refused = task.refused();
  counts.sessions = task.sessions();
  counts.doors = task.doors();
  counts.doors_gone = task.doors_gone();
  counts.doors_killed = task.doors_killed();
  return counts;
}

void SetUse(const OpenTask& open, v1::Task& task) {
  const policy::Spending spent = open.budget().spent();
  task.mutable_spent()->set_statements(spent.statements);
  task.mutable_spent()->set_rows(spent.rows);
  task.mutable_spent()->set_bytes(spent.bytes);
  task.mutable_spent()->set_masked_values(spent.masked_values);
  const TaskCounts counts = open.counts();
  task.set_refused(counts.refused);
  task.set_sessions(counts.sessions);
  task.set_sessions_live(counts.sessions_live);
  task.set_doors(counts.doors);
  task.set_doors_gone(counts.doors_gone);
  task.set_doors_killed(counts.doors_killed);
}

v1::Record RequestedRecord(const v1::Task& task, absl::Time now) {
  v1::Record record = RecordOf(task, now);
  v1::TaskRequested& requested = *record.mutable_task_requested();
  requested.set_agent(task.agent());
  requested.set_target(task.target());
  *requested.mutable_task() = InfoOf(task);
  requested.set_ttl_seconds(task.ttl_seconds());
  requested.set_approval_id(task.approval_id());
  return record;
}

v1::Record OpenedRecord(const v1::Task& task, absl::Time now) {
  v1::Record record = RecordOf(task, now);
  v1::TaskOpened& opened = *record.mutable_task_opened();
  opened.set_agent(task.agent());
  opened.set_target(task.target());
  *opened.mutable_task() = InfoOf(task);
  opened.set_deadline_unix_us(task.deadline_unix_ms() * 1000);
  opened.set_approved_by(task.approved_by());
  return record;
}

v1::Record EndedRecord(const v1::Task& task, absl::Time now) {
  v1::Record record = RecordOf(task, now);
  v1::TaskEnded& ended = *record.mutable_task_ended();
  ended.set_reason(task.ended_because());
  ended.set_ended_by(task.ended_by());
  ended.set_ended_at_unix_us(task.ended_at_unix_ms() * 1000);
  *ended.mutable_spent() = task.spent();
  ended.set_refused(task.refused());
  ended.set_sessions(task.sessions());
  ended.set_doors(task.doors());
  ended.set_doors_gone(task.doors_gone());
  ended.set_doors_killed(task.doors_killed());
  ended.set_doors_unproven(CountsOf(task).doors_unproven());
  return record;
}

v1::Approval ApprovalFor(const v1::Task& task, const policy::HoldTerms& terms) {
  v1::Approval approval;
  approval.set_id(task.approval_id());
  approval.set_kind(v1::Approval::KIND_TASK);
  approval.set_agent(task.agent());
  approval.set_target(task.target());
  approval.set_rule("access");
  for (const std::string& group : terms.reviewers) approval.add_reviewers(group);
  approval.set_approvals_needed(terms.approvals_needed);
  approval.set_reason_required(terms.reason_required);
  *approval.mutable_task() = InfoOf(task);
  approval.set_task_ttl_seconds(task.ttl_seconds());
  return approval;
}

}  // namespace postern::tasks
