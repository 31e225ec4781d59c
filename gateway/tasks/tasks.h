// The tasks of a gateway: asked for, opened, joined by sessions, ended, proven closed.
//
//   requested ──▶ open ──▶ closing ──▶ ended       closing: its sessions were told to end; their doors' proofs come in
//        └──────▶ refused                          requested: an approval of kind "task" decides
//
// A task is in the store and its opening in the journal before its password opens anything, and its deadline moves only once
// the store has the new one. An end takes effect at once, whatever the store says, and is written again until it is kept.
// What sessions use up is written once a second; a gateway that dies loses at most that of a budget.
//
// Thread-safe. Start, Extend, End, EndByIdentity, Get, List and Tend block on the store or the journal; what logins and
// sessions call does not.
#ifndef POSTERN_GATEWAY_TASKS_TASKS_H_
#define POSTERN_GATEWAY_TASKS_TASKS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/approval/approvals.h"
#include "gateway/identity/principal.h"
#include "gateway/identity/token_secret.h"
#include "gateway/policy/access.h"
#include "gateway/policy/in_force.h"
#include "gateway/recording/journal.h"
#include "gateway/store/task_store.h"
#include "gateway/tasks/open_task.h"
#include "proto/postern/v1/task.pb.h"

namespace postern::tasks {

// How who logs in with a task's password proved who it is.
inline constexpr std::string_view kTaskIdentity = "task";

// What tasks need of the gateway; all of it outlives them but for `approvals`, which may go first or last.
struct TaskParts {
  store::TaskStore& store;
  recording::Journal& journal;
  approval::Approvals& approvals;
  const policy::PolicyInForce& policy;
  std::set<std::string, std::less<>> targets;
  // Asks the sessions of a task to end; must not block.
  std::function<void(const std::string& task_id, const std::string& reason)> end_sessions;
  // Whether what an agent proved itself with still counts; must not block, nor come back here.
  std::function<bool(const identity::Principal& who)> still_valid;
};

struct TaskLimits {
  size_t tasks = 1000;         // that wait, are open or are closing
  size_t tasks_per_agent = 16;
  // Proofs of close that have not come by then are missing in the summary.
  absl::Duration proof_wait = absl::Seconds(15);
  // How long an agent that comes back is told what became of its task.
  absl::Duration remembered = absl::Minutes(10);
  // After a start issuers' keys are fetched first: for so long a task goes on whose agent nobody can vouch for yet.
  absl::Duration vouched_within = absl::Minutes(2);
};

struct NewTask {
  v1::Task task;
  // Shown once, to who asked; wipe it after use.
  std::string password;
};

class Tasks {
 public:
  using Now = std::function<absl::Time()>;
  // Told when Tend must run next.
  using Wake = std::function<void(absl::Time)>;

  Tasks(TaskParts parts, TaskLimits limits, Now now, Wake wake);
  // Approvals that are decided from now on change nothing.
  virtual ~Tasks();

  // What the store has: open tasks go on under their deadlines, those that waited are refused. Once, before all else.
  absl::Status Load();

  // --- for agents and people. What each may is in task_rules.h; proto/postern/v1/task.proto says what errors mean.
  absl::StatusOr<NewTask> Start(const v1::StartTaskRequest& request, const identity::Principal& who);
  absl::StatusOr<v1::Task> Get(const std::string& id, const identity::Principal& who);
  absl::StatusOr<std::vector<v1::Task>> List(v1::ListTasksRequest filter, size_t limit, const identity::Principal& who);
  absl::StatusOr<v1::Task> Extend(const std::string& id, absl::Duration ttl, const identity::Principal& who);
  absl::StatusOr<v1::Task> End(const std::string& id, const identity::Principal& who);
  // Those that were started with this token or key. How many there were.
  size_t EndByIdentity(std::string_view identity_id);
  // Somebody's proof of identity may be worth nothing any more: Tend looks whose, and ends what was started with it.
  void Doubt() { wake_(now_()); }

  // --- for logins
  // NOT_FOUND: no task's password. FAILED_PRECONDITION: a task's, but it is not open; the message is for its agent.
  absl::StatusOr<identity::Principal> Authenticate(std::string_view password) const;
  bool IsOpen(const std::string& id) const;
  // Empty unless it is open.
  std::optional<Membership> Join(const std::string& id) const;
  // For a login without a task, where policy lets it in: nobody finds this task, and it ends with its session.
  Membership JoinAlone(const identity::Principal& who, const policy::AccessTerms& terms) const;

  // --- for doors
  // The session is about to have one, and has it. A door that opens after its session gave up is counted by its proof.
  void ExpectDoor(const std::string& session_id, const OpenTaskPtr& task);
  void CountDoor(const std::string& session_id, const std::string& relay);
  // The session waits for it no more.
  void GiveUpDoor(const std::string& session_id);
  // Of an earlier life of the gateway.
  void ExpectProof(const std::string& session_id, const std::string& task_id);
  // The task's id; empty if that is not known. What a relay says of another one's door does not count.
  std::string OnProof(const std::string& relay, const v1::CloseProof& proof);

  // Does what time and reviewers ask for. Returns when it wants to run again.
  absl::Time Tend();

 private:
  struct Entry {
    v1::Task task;
    std::string lookup;
    identity::SecretDigest digest{};
    OpenTaskPtr open;  // null: it never opened
    // Whom it was asked for by. What an agent proved itself with ends its tasks; what a person did only starts them.
    identity::Principal starter;
    // Until then nobody needs to vouch for the starter; infinite past: somebody has.
    absl::Time vouch_by = absl::InfinitePast();
    // The terms that reviewers are asked about.
    policy::AccessTerms asked;
    absl::Time summary_by = absl::InfiniteFuture();
    absl::Time forget_at = absl::InfiniteFuture();
    bool unsaved = false;
  };
  // What Tend does once the lock is released.
  struct Chores {
    std::vector<v1::Task> save;
    std::vector<v1::Record> records;
    std::vector<std::pair<std::string, std::string>> end_sessions;
    std::vector<std::string> void_approvals;
  };
  // Reviewers' decisions on their way here; outlives the tasks if an approval does.
  struct Inbox {
    std::mutex mutex;
    std::vector<std::pair<std::string, approval::Resolution>> decided;
    std::function<void()> notify;  // null: nobody takes them any more
  };

  void Restore(store::StoredTask stored, absl::Time now);
  void Add(Entry entry);
  absl::Status CheckRoom(const std::string& agent) const;
  absl::StatusOr<std::string> Insert(Entry& entry);
  absl::Status Begin(Entry& entry, const policy::AccessTerms& terms);
  void AskReviewers(const v1::Task& task, const policy::HoldTerms& terms);

  // With the lock held.
  v1::Task ViewOf(const Entry& entry) const;
  void Open(v1::Task& task, const identity::Principal& starter) const;
  bool Vouched(Entry& entry, absl::Time now) const;
  void EndEntry(Entry& entry, std::string because, std::string by, Chores& chores);
  void Look(Entry& entry, absl::Time now, Chores& chores);
  // Without it.
  void Do(Chores chores);
  absl::Status SaveOne(const v1::Task& task);
  void TakeDecisions();
  void Decide(const std::string& id, const approval::Resolution& how);
  absl::Status OpenApproved(v1::Task& task, const policy::AccessTerms& asked, const identity::Principal& starter);

  const TaskParts parts_;
  const TaskLimits limits_;
  const Now now_;
  const Wake wake_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();

  // One at a time: what is counted must be there before the next is.
  std::mutex starting_;
  // What is written to the store and what is known to be written go together.
  std::mutex saving_;
  mutable std::mutex mutex_;  // after the others
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::string, std::string, std::less<>> id_of_lookup_;

  struct ExpectedProof {
    std::string task_id;
    OpenTaskPtr task;
    bool counted = false;
    std::string relay;      // that opened it; empty: not known
    bool given_up = false;  // whoever opens it now, nobody uses it
  };
  std::mutex doors_mutex_;
  std::map<std::string, ExpectedProof, std::less<>> doors_;  // by session; ids sort by time
};

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_TASKS_H_
