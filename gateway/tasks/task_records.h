// What the journal is told of tasks, and the task as others see it. Pure. Inside this folder only.
#ifndef POSTERN_GATEWAY_TASKS_TASK_RECORDS_H_
#define POSTERN_GATEWAY_TASKS_TASK_RECORDS_H_

#include <absl/time/time.h>

#include "gateway/policy/budget.h"
#include "gateway/policy/rules.h"
#include "gateway/tasks/open_task.h"
#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/task.pb.h"

namespace postern::tasks {

v1::TaskInfo InfoOf(const v1::Task& task);
// What the task keeps of the policy it began under, and back. `open` and `approval` are not kept: they are the policy's.
void SetTerms(const policy::AccessTerms& terms, v1::Task& task);
policy::AccessTerms TermsOf(const v1::Task& task);
policy::Spending SpentOf(const v1::Task& task);
TaskCounts CountsOf(const v1::Task& task);
// Writes what its sessions used up and left behind.
void SetUse(const OpenTask& open, v1::Task& task);

v1::Record RequestedRecord(const v1::Task& task, absl::Time now);
v1::Record OpenedRecord(const v1::Task& task, absl::Time now);
v1::Record EndedRecord(const v1::Task& task, absl::Time now);

// What a reviewer is asked.
v1::Approval ApprovalFor(const v1::Task& task, const policy::HoldTerms& terms);

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_TASK_RECORDS_H_
