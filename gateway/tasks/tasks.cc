#include "gateway/tasks/tasks.h"

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"
#include "common/observability/log.h"
#include "gateway/policy/access.h"
#include "gateway/tasks/starter.h"
#include "gateway/tasks/task_records.h"
#include "gateway/tasks/task_rules.h"

namespace postern::tasks {
namespace {

constexpr size_t kMaxExpectedProofs = 10'000;

absl::Status NoSuchTask(const std::string& id) { return absl::NotFoundError(absl::StrCat("no task ", id)); }

absl::Status NotOpen(const v1::Task& task) {
  if (task.state() == v1::Task::STATE_REQUESTED) {
    return absl::FailedPreconditionError(absl::StrCat("task ", task.id(), " waits for approval ", task.approval_id()));
  }
  const char* how = task.state() == v1::Task::STATE_REFUSED ? " was refused: " : " has ended: ";
  return absl::FailedPreconditionError(absl::StrCat("task ", task.id(), how, task.ended_because()));
}

}  // namespace

Tasks::Tasks(TaskParts parts, TaskLimits limits, Now now, Wake wake)
    : parts_(std::move(parts)), limits_(limits), now_(std::move(now)), wake_(std::move(wake)) {
  inbox_->notify = [this] { wake_(now_()); };
}

Tasks::~Tasks() {
  std::lock_guard lock(inbox_->mutex);
  inbox_->notify = nullptr;
}

absl::Status Tasks::Load() {
  auto stored = parts_.store.LoadLive();
  if (!stored.ok()) return stored.status();
  const absl::Time now = now_();
  for (store::StoredTask& one : *stored) Restore(std::move(one), now);
  if (!stored->empty()) wake_(now);
  return absl::OkStatus();
}

void Tasks::Restore(store::StoredTask stored, absl::Time now) {
  Entry entry;
  entry.task = std::move(stored.task);
  entry.lookup = std::move(stored.lookup);
  if (stored.digest.size() == entry.digest.size()) {
    std::copy(stored.digest.begin(), stored.digest.end(), entry.digest.begin());
  }
  entry.starter = StarterFrom(stored.starter);
  entry.vouch_by = now + limits_.vouched_within;
  entry.task.set_sessions_live(0);
  Chores none;
  if (entry.task.state() == v1::Task::STATE_REQUESTED) {
    EndEntry(entry, "the gateway restarted while it waited for approval; start it again", "", none);
  } else {
    entry.open = std::make_shared<OpenTask>(InfoOf(entry.task), TermsOf(entry.task), SpentOf(entry.task),
                                            absl::FromUnixMillis(entry.task.deadline_unix_ms()), now);
    entry.open->Restore(CountsOf(entry.task));
    if (entry.task.state() == v1::Task::STATE_CLOSING) entry.summary_by = now + limits_.proof_wait;
  }
  Add(std::move(entry));
}

void Tasks::Add(Entry entry) {
  std::lock_guard lock(mutex_);
  id_of_lookup_[entry.lookup] = entry.task.id();
  const std::string id = entry.task.id();
  entries_.insert_or_assign(id, std::move(entry));
}

v1::Task Tasks::ViewOf(const Entry& entry) const {
  v1::Task task = entry.task;
  if (entry.open) SetUse(*entry.open, task);
  return task;
}

absl::StatusOr<v1::Task> Tasks::Get(const std::string& id, const identity::Principal& who) {
  std::optional<v1::Task> task;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(id); found != entries_.end()) task = ViewOf(found->second);
  }
  if (!task) {
    auto stored = parts_.store.Get(id);
    if (!stored.ok()) return stored.status();
    task = *std::move(stored);
  }
  if (!MaySee(*task, who)) return NoSuchTask(id);
  return *std::move(task);
}

absl::StatusOr<std::vector<v1::Task>> Tasks::List(v1::ListTasksRequest filter, size_t limit,
                                                  const identity::Principal& who) {
  if (who.kind == v1::PRINCIPAL_KIND_AGENT) {
    if (!filter.agent().empty() && filter.agent() != who.name) return std::vector<v1::Task>();
    filter.set_agent(who.name);
  }
  auto tasks = parts_.store.List(filter, limit);
  if (!tasks.ok()) return tasks;
  std::erase_if(*tasks, [&](const v1::Task& task) { return !MaySee(task, who); });
  std::lock_guard lock(mutex_);
  for (v1::Task& task : *tasks) {
    if (const auto found = entries_.find(task.id()); found != entries_.end()) task = ViewOf(found->second);
  }
  return tasks;
}

absl::StatusOr<v1::Task> Tasks::Extend(const std::string& id, absl::Duration ttl, const identity::Principal& who) {
  auto task = Get(id, who);
  if (!task.ok()) return task;
  const auto terms = policy::AccessFor(*parts_.policy.Current(), task->agent(),
                                       {task->groups().begin(), task->groups().end()}, task->target());
  if (!terms) return absl::PermissionDeniedError("no access entry of the policy opens the target to the agent any more");
  if (absl::Status may = MayExtend(*task, *terms, who); !may.ok()) return may;
  const absl::Time latest = absl::FromUnixMillis(task->opened_at_unix_ms()) + terms->max_ttl;
  const absl::Time deadline = now_() + ttl;
  std::lock_guard starting(starting_);
  // An end that comes from now on is saved after this.
  std::lock_guard saving(saving_);
  v1::Task changed;
  absl::Time end_of_proof = EndOfProof(who);
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return NotOpen(*task);
    changed = ViewOf(found->second);
    end_of_proof = std::min(end_of_proof, EndOfProof(found->second.starter));
  }
  if (changed.state() != v1::Task::STATE_OPEN) return NotOpen(changed);
  if (deadline > std::min(latest, end_of_proof)) {
    return absl::InvalidArgumentError(absl::StrCat("a task may be open for at most ", absl::FormatDuration(terms->max_ttl),
                                                   " in all (the policy's max_ttl), and for no longer than the token it was started with, or the one it is extended with"));
  }
  if (absl::ToUnixMillis(deadline) <= changed.deadline_unix_ms()) {
    return absl::InvalidArgumentError("the task is open for longer already");
  }
  changed.set_deadline_unix_ms(absl::ToUnixMillis(deadline));
  if (absl::Status saved = parts_.store.Save({&changed, 1}); !saved.ok()) return saved;
  std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(id);
  if (entry.task.state() != v1::Task::STATE_OPEN) {
    entry.unsaved = true;  // it ended meanwhile, and the store must not say otherwise
    return NotOpen(entry.task);
  }
  entry.task.set_deadline_unix_ms(absl::ToUnixMillis(deadline));
  entry.open->set_deadline(deadline);
  return ViewOf(entry);
}

absl::StatusOr<v1::Task> Tasks::End(const std::string& id, const identity::Principal& who) {
  auto task = Get(id, who);
  if (!task.ok()) return task;
  Chores chores;
  v1::Task after;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return NotOpen(*task);
    Entry& entry = found->second;
    const bool can_end = entry.task.state() == v1::Task::STATE_OPEN || entry.task.state() == v1::Task::STATE_REQUESTED;
    if (!can_end) return NotOpen(entry.task);
    EndEntry(entry, "ended", who.name, chores);
    after = ViewOf(entry);
  }
  if (!after.approval_id().empty()) parts_.approvals.Void(after.approval_id(), "the task was ended");
  Do(std::move(chores));
  return after;
}

size_t Tasks::EndByIdentity(std::string_view identity_id) {
  Chores chores;
  std::vector<std::string> approvals;
  size_t ended = 0;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, entry] : entries_) {
      const bool can_end = entry.task.state() == v1::Task::STATE_OPEN || entry.task.state() == v1::Task::STATE_REQUESTED;
      if (!can_end || entry.task.identity_id() != identity_id) continue;
      if (!entry.task.approval_id().empty()) approvals.push_back(entry.task.approval_id());
      EndEntry(entry, "revoked", "", chores);
      ++ended;
    }
  }
  for (const std::string& approval : approvals) parts_.approvals.Void(approval, "what the task was asked for with was revoked");
  Do(std::move(chores));
  return ended;
}

absl::Status Tasks::SaveOne(const v1::Task& task) {
  std::lock_guard saving(saving_);
  return parts_.store.Save({&task, 1});
}

// Takes effect for logins and sessions at once.
void Tasks::EndEntry(Entry& entry, std::string because, std::string by, Chores& chores) {
  const absl::Time now = now_();
  const bool was_open = entry.task.state() == v1::Task::STATE_OPEN;
  entry.task.set_state(was_open ? v1::Task::STATE_CLOSING : v1::Task::STATE_REFUSED);
  entry.task.set_ended_at_unix_ms(absl::ToUnixMillis(now));
  entry.task.set_ended_because(because);
  entry.task.set_ended_by(std::move(by));
  entry.unsaved = true;
  entry.summary_by = now + limits_.proof_wait;
  if (was_open) chores.end_sessions.emplace_back(entry.task.id(), because == "ended" ? "task ended" : because);
  chores.save.push_back(ViewOf(entry));
}

// --- logins

absl::StatusOr<identity::Principal> Tasks::Authenticate(std::string_view password) const {
  // One way for all: hash, find, compare, and only then see what was wrong.
  static constexpr identity::SecretDigest kNobody{};
  const identity::SecretDigest digest = identity::DigestOf(password);
  std::lock_guard lock(mutex_);
  const auto id = id_of_lookup_.find(identity::LookupOf(password, identity::kTaskPrefix));
  const auto found = id == id_of_lookup_.end() ? entries_.end() : entries_.find(id->second);
  const bool known = found != entries_.end();
  const bool same = CRYPTO_memcmp(digest.data(), known ? found->second.digest.data() : kNobody.data(), digest.size()) == 0;
  if (!known || !same) return absl::NotFoundError("no task's password");
  const v1::Task& task = found->second.task;
  if (task.state() != v1::Task::STATE_OPEN) return NotOpen(task);
  if (task.deadline_unix_ms() <= absl::ToUnixMillis(now_())) {
    return absl::FailedPreconditionError(absl::StrCat("task ", task.id(), " has ended: deadline"));
  }
  identity::Principal who;
  who.name = task.agent();
  who.kind = v1::PRINCIPAL_KIND_AGENT;
  who.groups.assign(task.groups().begin(), task.groups().end());
  who.targets = {task.target()};
  who.identity_kind = std::string(kTaskIdentity);
  who.identity_id = task.id();
  who.expires_at = absl::FromUnixMillis(task.deadline_unix_ms());
  return who;
}

bool Tasks::IsOpen(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.task.state() == v1::Task::STATE_OPEN;
}

std::optional<Membership> Tasks::Join(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.task.state() != v1::Task::STATE_OPEN) return std::nullopt;
  return Membership(found->second.open);
}

Membership Tasks::JoinAlone(const identity::Principal& who, const policy::AccessTerms& terms) const {
  v1::TaskInfo info;
  info.set_id(ids::NewTaskId());
  info.set_implicit(true);
  info.set_requester(who.name);
  const absl::Time now = now_();
  return Membership(std::make_shared<OpenTask>(std::move(info), terms, policy::Spending{},
                                               std::min(now + terms.max_ttl, who.expires_at), now));
}

// --- doors

void Tasks::ExpectDoor(const std::string& session_id, const OpenTaskPtr& task) {
  std::lock_guard lock(doors_mutex_);
  doors_[session_id] = {.task_id = task->id(), .task = task, .relay = {}};
  // Of relays that never came back.
  if (doors_.size() > kMaxExpectedProofs) doors_.erase(doors_.begin());
}

void Tasks::ExpectProof(const std::string& session_id, const std::string& task_id) {
  OpenTaskPtr task;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(task_id); found != entries_.end()) task = found->second.open;
  }
  std::lock_guard lock(doors_mutex_);
  doors_[session_id] = {.task_id = task_id, .task = task, .counted = true, .relay = {}};
}

void Tasks::CountDoor(const std::string& session_id, const std::string& relay) {
  std::lock_guard lock(doors_mutex_);
  const auto found = doors_.find(session_id);
  if (found == doors_.end() || std::exchange(found->second.counted, true)) return;
  found->second.relay = relay;
  found->second.task->CountDoor();
}

void Tasks::GiveUpDoor(const std::string& session_id) {
  std::lock_guard lock(doors_mutex_);
  if (const auto found = doors_.find(session_id); found != doors_.end()) found->second.given_up = true;
}

std::string Tasks::OnProof(const std::string& relay, const v1::CloseProof& proof) {
  std::lock_guard lock(doors_mutex_);
  const auto found = doors_.find(proof.session_id());
  if (found == doors_.end()) return {};
  const std::string task_id = found->second.task_id;
  // An unproven close may be followed by its proof.
  if (proof.state() == v1::CloseProof::STATE_UNPROVEN) return task_id;
  // A relay that was only asked knows the session, and proves nothing of a door that another one opens.
  const bool opened_it = found->second.counted ? found->second.relay.empty() || found->second.relay == relay : found->second.given_up;
  if (!opened_it) return task_id;
  if (found->second.task) {
    if (!found->second.counted) found->second.task->CountDoor();
    found->second.task->CountProof(proof.state());
  }
  doors_.erase(found);
  return task_id;
}

}  // namespace postern::tasks
