// A task begins: checked, kept, recorded, and opened at once or put before reviewers.
#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"
#include "common/observability/log.h"
#include "gateway/policy/access.h"
#include "gateway/recording/file_journal.h"
#include "gateway/tasks/starter.h"
#include "gateway/tasks/task_records.h"
#include "gateway/tasks/task_rules.h"
#include "gateway/tasks/tasks.h"

namespace postern::tasks {
namespace {

// Two passwords get the same lookup once in 2^47.
constexpr int kLookupAttempts = 3;

// One text for a target that is unknown and one that is closed to the agent.
absl::Status NoAccess(const std::string& agent, const std::string& target) {
  return absl::PermissionDeniedError(absl::StrCat("no access entry of the policy opens ", target, " to ", agent));
}

v1::Task TaskFrom(const v1::StartTaskRequest& request, const Beneficiary& whom, const identity::Principal& who) {
  v1::Task task;
  task.set_id(ids::NewTaskId());
  task.set_agent(whom.agent);
  for (const std::string& group : whom.groups) task.add_groups(group);
  task.set_target(request.target());
  task.set_reason(request.reason());
  task.set_requester(who.name);
  task.set_sponsor(request.sponsor());
  task.set_run_id(request.run_id());
  *task.mutable_labels() = request.labels();
  task.set_identity_kind(who.identity_kind);
  task.set_identity_id(who.identity_id);
  return task;
}

}  // namespace

absl::StatusOr<NewTask> Tasks::Start(const v1::StartTaskRequest& request, const identity::Principal& who) {
  if (absl::Status status = CheckStart(request); !status.ok()) return status;
  auto whom = ForWhom(request, who);
  if (!whom.ok()) return whom.status();
  if (!parts_.targets.contains(request.target())) return NoAccess(whom->agent, request.target());
  const auto terms = policy::AccessFor(*parts_.policy.Current(), whom->agent, whom->groups, request.target());
  if (!terms) return NoAccess(whom->agent, request.target());
  const bool needs_approval = terms->open == policy::Open::kApproval;
  if (needs_approval && terms->approval.reviewers.empty()) {
    return absl::PermissionDeniedError("the access entries that cover this share no group of reviewers");
  }
  const auto ttl = TtlOf(request.ttl_seconds(), *terms);
  if (!ttl.ok()) return ttl.status();

  std::lock_guard starting(starting_);
  if (absl::Status room = CheckRoom(whom->agent); !room.ok()) return room;
  Entry entry;
  entry.task = TaskFrom(request, *whom, who);
  entry.task.set_created_at_unix_ms(absl::ToUnixMillis(now_()));
  entry.task.set_ttl_seconds(absl::ToInt64Seconds(*ttl));
  SetTerms(*terms, entry.task);
  entry.starter = who;
  entry.asked = *terms;
  if (needs_approval) {
    entry.task.set_state(v1::Task::STATE_REQUESTED);
    entry.task.set_approval_id(ids::NewApprovalId());
  } else {
    Open(entry.task, entry.starter);
  }
  auto password = Insert(entry);
  if (!password.ok()) return password.status();
  v1::Task task = entry.task;
  if (absl::Status begun = Begin(entry, *terms); !begun.ok()) {
    OPENSSL_cleanse(password->data(), password->size());
    return begun;
  }
  Add(std::move(entry));
  if (needs_approval) AskReviewers(task, terms->approval);
  wake_(now_());
  return NewTask{.task = std::move(task), .password = *std::move(password)};
}

absl::Status Tasks::CheckRoom(const std::string& agent) const {
  std::lock_guard lock(mutex_);
  size_t all = 0;
  size_t of_agent = 0;
  for (const auto& [id, entry] : entries_) {
    if (!store::IsLive(entry.task)) continue;
    ++all;
    if (entry.task.agent() == agent) ++of_agent;
  }
  if (all >= limits_.tasks) return absl::ResourceExhaustedError("the gateway has as many tasks as limits.tasks lets it have");
  if (of_agent >= limits_.tasks_per_agent) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the agent has its ", limits_.tasks_per_agent, " tasks (limits.tasks_per_agent); end one"));
  }
  return absl::OkStatus();
}

// The deadline counts from now, and nothing but Extend moves it.
void Tasks::Open(v1::Task& task, const identity::Principal& starter) const {
  const absl::Time now = now_();
  task.set_state(v1::Task::STATE_OPEN);
  task.set_opened_at_unix_ms(absl::ToUnixMillis(now));
  task.set_deadline_unix_ms(absl::ToUnixMillis(std::min(now + absl::Seconds(task.ttl_seconds()), EndOfProof(starter))));
}

absl::StatusOr<std::string> Tasks::Insert(Entry& entry) {
  absl::Status status;
  for (int attempt = 0; attempt < kLookupAttempts; ++attempt) {
    std::string password = identity::NewSecret(identity::kTaskPrefix);
    entry.digest = identity::DigestOf(password);
    entry.lookup = std::string(identity::LookupOf(password, identity::kTaskPrefix));
    status = parts_.store.Insert({.task = entry.task,
                                  .lookup = entry.lookup,
                                  .digest = std::string(entry.digest.begin(), entry.digest.end()),
                                  .starter = StarterBytes(entry.starter)});
    if (status.ok()) return password;
    OPENSSL_cleanse(password.data(), password.size());
    if (!absl::IsAlreadyExists(status)) break;
  }
  return status;
}

// On record first: what cannot be recorded does not open.
absl::Status Tasks::Begin(Entry& entry, const policy::AccessTerms& terms) {
  const absl::Time now = now_();
  const bool open = entry.task.state() == v1::Task::STATE_OPEN;
  absl::Status recorded =
      recording::AppendAndWait(parts_.journal, open ? OpenedRecord(entry.task, now) : RequestedRecord(entry.task, now));
  if (recorded.ok()) {
    if (open) {
      entry.open = std::make_shared<OpenTask>(InfoOf(entry.task), terms, policy::Spending{},
                                              absl::FromUnixMillis(entry.task.deadline_unix_ms()), now);
    }
    return recorded;
  }
  entry.task.set_state(v1::Task::STATE_REFUSED);
  entry.task.set_ended_because("it could not be recorded");
  if (absl::Status saved = parts_.store.Save({&entry.task, 1}); !saved.ok()) {
    log::Error("an unrecorded task could not be taken back", {{"task", entry.task.id()}, {"error", saved}});
  }
  return absl::UnavailableError(absl::StrCat("the task cannot be recorded now: ", recorded.message()));
}

// The answer comes on any thread, perhaps before this returns, and waits for Tend.
void Tasks::AskReviewers(const v1::Task& task, const policy::HoldTerms& terms) {
  parts_.approvals.Hold(ApprovalFor(task, terms), terms.wait,
                        [inbox = inbox_, id = task.id()](approval::Resolution how) {
                          std::lock_guard lock(inbox->mutex);
                          if (!inbox->notify) return;
                          inbox->decided.emplace_back(id, std::move(how));
                          inbox->notify();
                        });
}

}  // namespace postern::tasks
