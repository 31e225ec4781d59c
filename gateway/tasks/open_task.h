// A task as its sessions see it. Shared by the table of tasks and the sessions, on many threads, since either may outlive the
// other. Thread-safe; never blocks.
#ifndef POSTERN_GATEWAY_TASKS_OPEN_TASK_H_
#define POSTERN_GATEWAY_TASKS_OPEN_TASK_H_

#include <absl/time/time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "gateway/policy/rules.h"
#include "gateway/tasks/shared_budget.h"
#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::tasks {

// What became of a task's sessions.
struct TaskCounts {
  uint64_t refused = 0;  // statements
  uint64_t sessions = 0;
  uint64_t doors = 0;
  uint64_t doors_gone = 0;
  uint64_t doors_killed = 0;
  uint32_t sessions_live = 0;

  // A gateway that died may have forgotten its last doors, the proofs of which come all the same.
  uint64_t doors_unproven() const { return doors - std::min(doors, doors_gone + doors_killed); }
  // Nothing of it is at the database any more, and that is proven.
  bool closed() const { return sessions_live == 0 && doors_unproven() == 0; }
};

class OpenTask {
 public:
  OpenTask(v1::TaskInfo info, policy::AccessTerms terms, const policy::Spending& spent, absl::Time deadline, absl::Time now);

  const v1::TaskInfo& info() const { return info_; }
  const std::string& id() const { return info_.id(); }
  // `max_ttl` and `open` are those of the policy when the task began.
  const policy::AccessTerms& terms() const { return terms_; }
  SharedBudget& budget() { return budget_; }
  const SharedBudget& budget() const { return budget_; }

  // Its sessions end then.
  absl::Time deadline() const { return absl::FromUnixMillis(deadline_unix_ms_); }
  void set_deadline(absl::Time deadline) { deadline_unix_ms_ = absl::ToUnixMillis(deadline); }

  // A session has something to do, and has done it.
  void Busy() { ++busy_; }
  void Rest(absl::Time now);
  // When it is idle for too long if nothing happens until then.
  absl::Time idle_at() const;

  void CountRefused() { ++refused_; }
  void CountSession() { ++sessions_; }
  void CountDoor() { ++doors_; }
  // Of a door: its thread is gone. Unproven ones are not counted: a proof may still come.
  void CountProof(v1::CloseProof::State state);
  TaskCounts counts() const;
  // Of an earlier life of the gateway: `sessions_live` of it is not. Before any session joins.
  void Restore(const TaskCounts& counts);

 private:
  friend class Membership;

  const v1::TaskInfo info_;
  const policy::AccessTerms terms_;
  SharedBudget budget_;
  std::atomic<int64_t> deadline_unix_ms_;
  std::atomic<int64_t> active_unix_ms_;
  std::atomic<uint32_t> busy_ = 0;
  std::atomic<uint64_t> refused_ = 0;
  std::atomic<uint64_t> sessions_ = 0;
  std::atomic<uint32_t> sessions_live_ = 0;
  std::atomic<uint64_t> doors_ = 0;
  std::atomic<uint64_t> gone_ = 0;
  std::atomic<uint64_t> killed_ = 0;
};

using OpenTaskPtr = std::shared_ptr<OpenTask>;

// A session's place in its task, from its login to its end.
class Membership {
 public:
  Membership() = default;
  explicit Membership(OpenTaskPtr task) : task_(std::move(task)) { ++task_->sessions_live_; }
  ~Membership() { Leave(); }
  Membership(Membership&& other) noexcept : task_(std::move(other.task_)) {}
  Membership& operator=(Membership&& other) noexcept {
    Leave();
    task_ = std::move(other.task_);
    return *this;
  }

  OpenTask* operator->() const { return task_.get(); }
  const OpenTaskPtr& task() const { return task_; }

 private:
  void Leave() {
    if (task_) --std::exchange(task_, nullptr)->sessions_live_;
  }

  OpenTaskPtr task_;
};

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_OPEN_TASK_H_
