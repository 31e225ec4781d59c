// What time and reviewers do to tasks, on the thread of whoever calls Tend.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"
#include "gateway/policy/access.h"
#include "gateway/recording/file_journal.h"
#include "gateway/tasks/starter.h"
#include "gateway/tasks/task_records.h"
#include "gateway/tasks/tasks.h"

namespace postern::tasks {
namespace {

// How often spending is written, and how often a task that closes is looked after.
constexpr absl::Duration kSaveEvery = absl::Seconds(1);
constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

bool SameUse(const v1::Task& a, const v1::Task& b) {
  return a.spent().SerializeAsString() == b.spent().SerializeAsString() && a.refused() == b.refused() &&
         a.sessions() == b.sessions() && a.doors() == b.doors() && a.doors_gone() == b.doors_gone() &&
         a.doors_killed() == b.doors_killed();
}

std::string WhyNot(const approval::Resolution& how) {
  switch (static_cast<int>(how.verdict)) {
    case v1::ApprovalDecided::VERDICT_DENIED:
      return absl::StrCat("denied by ", how.reviewer, ": ", how.reason);
    case v1::ApprovalDecided::VERDICT_EXPIRED:
      return "nobody approved it in time";
    default:
      return how.reason;  // protobuf's enums are open
  }
}

}  // namespace

absl::Time Tasks::Tend() {
  TakeDecisions();
  const absl::Time now = now_();
  Chores chores;
  absl::Time next = absl::InfiniteFuture();
  {
    std::lock_guard lock(mutex_);
    const size_t most = 2 * limits_.tasks;
    for (auto at = entries_.begin(); at != entries_.end();) {
      Entry& entry = at->second;
      Look(entry, now, chores);
      const bool live = store::IsLive(entry.task);
      if (!live && !entry.unsaved && (now >= entry.forget_at || entries_.size() > most)) {
        id_of_lookup_.erase(entry.lookup);
        at = entries_.erase(at);
        continue;
      }
      const bool closing = entry.task.state() == v1::Task::STATE_CLOSING;
      next = std::min(next, now + (closing ? kLookEvery : kSaveEvery));
      if (entry.task.state() == v1::Task::STATE_OPEN) next = std::min(next, entry.open->deadline());
      ++at;
    }
  }
  Do(std::move(chores));
  return next;
}

// One task: is its time over, is it closed, has it used anything up?
void Tasks::Look(Entry& entry, absl::Time now, Chores& chores) {
  v1::Task& task = entry.task;
  const bool lives = task.state() == v1::Task::STATE_OPEN || task.state() == v1::Task::STATE_REQUESTED;
  if (lives && !Vouched(entry, now)) {
    if (!task.approval_id().empty()) chores.void_approvals.push_back(task.approval_id());
    EndEntry(entry, "revoked", "", chores);
  } else if (task.state() == v1::Task::STATE_OPEN) {
    if (entry.open->deadline() <= now) {
      EndEntry(entry, "deadline", "", chores);
    } else if (entry.open->idle_at() <= now) {
      EndEntry(entry, "idle", "", chores);
    } else if (const v1::Task view = ViewOf(entry); !SameUse(view, task)) {
      task = view;
      entry.unsaved = true;
    }
  } else if (task.state() == v1::Task::STATE_CLOSING && (entry.open->counts().closed() || now >= entry.summary_by)) {
    SetUse(*entry.open, task);
    task.set_state(v1::Task::STATE_ENDED);
    entry.unsaved = true;
    entry.forget_at = now + limits_.remembered;
    chores.records.push_back(EndedRecord(task, now));
  } else if (task.state() == v1::Task::STATE_REFUSED && entry.forget_at == absl::InfiniteFuture()) {
    entry.forget_at = now + limits_.remembered;
    chores.records.push_back(EndedRecord(task, now));
  }
  const bool chosen = !chores.save.empty() && chores.save.back().id() == task.id();
  if (entry.unsaved && !chosen) chores.save.push_back(ViewOf(entry));
}

// Whether its starter's proof of identity still counts, or nobody can know yet.
bool Tasks::Vouched(Entry& entry, absl::Time now) const {
  if (!NeedsVouching(entry.starter) || entry.starter.identity_kind == kTaskIdentity) return true;
  if (!parts_.still_valid(entry.starter)) return now < entry.vouch_by;
  entry.vouch_by = absl::InfinitePast();
  return true;
}

// Sessions first: they must not wait for a disk.
void Tasks::Do(Chores chores) {
  for (const auto& [id, reason] : chores.end_sessions) parts_.end_sessions(id, reason);
  for (const std::string& approval : chores.void_approvals) parts_.approvals.Void(approval, "what the task was asked for with counts no more");
  for (const v1::Record& record : chores.records) {
    parts_.journal.Append(record, [](const absl::Status& status) {
      if (!status.ok()) log::Error("the end of a task could not be recorded", {{"error", status}});
    });
  }
  std::lock_guard saving(saving_);
  const absl::Status saved = parts_.store.Save(chores.save);
  if (!saved.ok()) log::Error("tasks could not be saved; it is tried again", {{"error", saved}});
  {
    std::lock_guard lock(mutex_);
    for (const v1::Task& task : chores.save) {
      const auto found = entries_.find(task.id());
      // What changed meanwhile is saved next time.
      if (found != entries_.end() && saved.ok() && found->second.task.state() == task.state()) found->second.unsaved = false;
    }
  }
  if (!chores.end_sessions.empty()) wake_(now_() + kLookEvery);
}

void Tasks::TakeDecisions() {
  std::vector<std::pair<std::string, approval::Resolution>> decided;
  {
    std::lock_guard lock(inbox_->mutex);
    decided.swap(inbox_->decided);
  }
  for (const auto& [id, how] : decided) Decide(id, how);
}

void Tasks::Decide(const std::string& id, const approval::Resolution& how) {
  v1::Task task;
  policy::AccessTerms asked;
  identity::Principal starter;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.task.state() != v1::Task::STATE_REQUESTED) return;
    task = found->second.task;
    asked = found->second.asked;
    starter = found->second.starter;
  }
  std::string why_not;
  if (how.verdict == v1::ApprovalDecided::VERDICT_APPROVED) {
    task.set_approved_by(how.reviewer);
    Open(task, starter);
    if (absl::Status opened = OpenApproved(task, asked, starter); !opened.ok()) why_not = std::string(opened.message());
  } else {
    why_not = WhyNot(how);
  }
  Chores chores;
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_.at(id);
    if (entry.task.state() != v1::Task::STATE_REQUESTED) {
      entry.unsaved = true;  // it was ended meanwhile, and the store must not say otherwise
    } else if (!why_not.empty()) {
      EndEntry(entry, why_not, "", chores);
    } else {
      entry.task = task;
      entry.open = std::make_shared<OpenTask>(InfoOf(task), TermsOf(task), policy::Spending{},
                                              absl::FromUnixMillis(task.deadline_unix_ms()), now_());
    }
  }
  Do(std::move(chores));
}

// The policy may have changed while people thought, and the agent may have lost its identity. Kept and recorded before it is so.
absl::Status Tasks::OpenApproved(v1::Task& task, const policy::AccessTerms& asked, const identity::Principal& starter) {
  const auto terms = policy::AccessFor(*parts_.policy.Current(), task.agent(),
                                       {task.groups().begin(), task.groups().end()}, task.target());
  if (!terms) return absl::PermissionDeniedError("no access entry of the policy opens the target to the agent any more");
  if (*terms != asked) return absl::PermissionDeniedError("the policy's terms for it have changed since; start it again");
  if (NeedsVouching(starter) && !parts_.still_valid(starter)) {
    return absl::PermissionDeniedError("what it was asked for with counts no more");
  }
  if (absl::Status saved = SaveOne(task); !saved.ok()) return saved;
  return recording::AppendAndWait(parts_.journal, OpenedRecord(task, now_()));
}

}  // namespace postern::tasks
