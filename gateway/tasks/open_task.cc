#include "gateway/tasks/open_task.h"

namespace postern::tasks {

OpenTask::OpenTask(v1::TaskInfo info, policy::AccessTerms terms, const policy::Spending& spent, absl::Time deadline,
                   absl::Time now)
    : info_(std::move(info)),
      terms_(std::move(terms)),
      budget_(terms_.budget, spent),
      deadline_unix_ms_(absl::ToUnixMillis(deadline)),
      active_unix_ms_(absl::ToUnixMillis(now)) {}

void OpenTask::Rest(absl::Time now) {
  active_unix_ms_ = absl::ToUnixMillis(now);
  --busy_;
}

absl::Time OpenTask::idle_at() const {
  return busy_ > 0 ? absl::InfiniteFuture() : absl::FromUnixMillis(active_unix_ms_) + terms_.idle;
}

void OpenTask::CountProof(v1::CloseProof::State state) {
  if (state == v1::CloseProof::STATE_GONE) {
    ++gone_;
  } else if (state == v1::CloseProof::STATE_KILLED) {
    ++killed_;
  }
}

TaskCounts OpenTask::counts() const {
  TaskCounts counts;
  counts.refused = refused_;
  counts.sessions = sessions_;
  counts.sessions_live = sessions_live_;
  counts.doors_gone = gone_;
  counts.doors_killed = killed_;
  counts.doors = doors_;  // last: never fewer than were closed
  return counts;
}

void OpenTask::Restore(const TaskCounts& counts) {
  refused_ = counts.refused;
  sessions_ = counts.sessions;
  doors_ = counts.doors;
  gone_ = counts.doors_gone;
  killed_ = counts.doors_killed;
}

}  // namespace postern::tasks
