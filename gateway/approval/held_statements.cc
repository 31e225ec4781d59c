#include "gateway/approval/held_statements.h"

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"
#include "gateway/approval/may_decide.h"
#include "gateway/approval/records.h"
#include "gateway/approval/sample.h"

namespace postern::approval {
namespace {

using Verdicts = v1::ApprovalDecided;

constexpr size_t kMaxReasonBytes = 1024;

absl::Status NoLongerPending() { return absl::FailedPreconditionError("no longer pending"); }

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool IsDone(const v1::Approval& approval) {
  const auto approves = std::count_if(approval.votes().begin(), approval.votes().end(),
                                      [](const v1::Vote& vote) { return vote.approve(); });
  return static_cast<uint32_t>(approves) >= approval.approvals_needed();
}

}  // namespace

HeldStatements::HeldStatements(recording::Journal& journal, ApprovalLimits limits, Now now, Wake wake, Shelf* shelf)
    : journal_(journal),
      limits_(limits),
      now_(std::move(now)),
      wake_(std::move(wake)),
      shelf_(shelf),
      history_({.count = limits.history, .bytes = limits.history_bytes, .age = limits.history_age}) {}

HeldStatements::~HeldStatements() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  watchers_.clear();
  answered_.wait(lock, [this] { return in_flight_ == 0; });
  std::map<std::string, Held> left = std::move(held_);
  lock.unlock();
  for (auto& [id, held] : left) {
    if (held.resolved) held.resolved({Verdicts::VERDICT_VOID, "", "the gateway is stopping"});
  }
}

void HeldStatements::Run(Actions actions) {
  for (auto& action : actions) action();
}

// Hands the record to the journal once the lock is released; `recorded` then runs with the lock held. The journal may
// answer before Append returns.
void HeldStatements::Append(v1::Record record, Recorded recorded, Actions& actions) {
  ++in_flight_;
  actions.push_back([this, record = std::move(record), recorded = std::move(recorded)]() mutable {
    journal_.Append(record, [this, recorded = std::move(recorded)](absl::Status status) mutable {
      Actions next;
      {
        std::lock_guard lock(mutex_);
        recorded(std::move(status), next);
      }
      Run(std::move(next));
      std::lock_guard lock(mutex_);
      --in_flight_;
      answered_.notify_all();
    });
  });
}

// --- a request comes

absl::Status HeldStatements::CheckNew(const v1::Approval& approval) const {
  if (closing_) return absl::UnavailableError("the gateway is stopping");
  if (held_.contains(approval.id()) || history_.Find(approval.id())) return absl::AlreadyExistsError("id in use");
  if (held_.size() >= limits_.pending) return absl::ResourceExhaustedError("too many statements are on hold");
  const auto of_agent = held_of_agent_.find(approval.agent());
  if (of_agent != held_of_agent_.end() && of_agent->second >= limits_.pending_per_agent) {
    return absl::ResourceExhaustedError("too many statements of this agent are on hold");
  }
  if (approval.ByteSizeLong() > limits_.statement_bytes) {
    return absl::ResourceExhaustedError("the statement is too long to be shown to a reviewer");
  }
  if (approval.reviewers().empty()) return absl::FailedPreconditionError("no group may decide it");
  if (approval.approvals_needed() > limits_.approvals_needed) {
    return absl::ResourceExhaustedError("it needs more approvals than one statement may");
  }
  return absl::OkStatus();
}

v1::Approval HeldStatements::Begin(v1::Approval approval, absl::Time now, absl::Time expires) {
  if (approval.id().empty()) approval.set_id(ids::NewApprovalId());
  if (approval.approvals_needed() == 0) approval.set_approvals_needed(1);
  approval.set_state(v1::Approval::STATE_PENDING);
  approval.clear_votes();
  approval.clear_ended_because();
  approval.set_created_at_unix_ms(absl::ToUnixMillis(now));
  approval.set_expires_at_unix_ms(absl::ToUnixMillis(expires));
  return approval;
}

absl::Status HeldStatements::Add(Held& held, Actions& actions) {
  if (absl::Status status = CheckNew(held.approval); !status.ok()) return status;
  *held.approval.mutable_similar() = history_.SimilarTo(held.approval);
  ++held_of_agent_[held.approval.agent()];
  v1::Record record = RequestedRecord(held.approval, now_(), held.expires);
  const std::string id = held.approval.id();
  const absl::Time expires = held.expires;
  held_[id] = std::move(held);
  Append(std::move(record), [this, id](absl::Status s, Actions& next) { OnRequested(id, s, next); }, actions);
  actions.push_back([this, expires] { wake_(expires); });
  return absl::OkStatus();
}

std::string HeldStatements::Hold(v1::Approval approval, absl::Duration wait, Resolved resolved) {
  const absl::Time now = now_();
  const absl::Time expires = now + std::clamp(wait, absl::ZeroDuration(), limits_.wait_max);
  Held held{.approval = Begin(std::move(approval), now, expires), .expires = expires, .resolved = std::move(resolved)};
  held.approval.set_mode(v1::Approval::MODE_WAIT);
  const std::string id = held.approval.id();
  Actions actions;
  absl::Status status;
  {
    std::lock_guard lock(mutex_);
    status = Add(held, actions);
  }
  if (!status.ok()) {
    held.resolved({Verdicts::VERDICT_VOID, "", std::string(status.message())});
    return {};
  }
  Run(std::move(actions));
  return id;
}

void HeldStatements::OnRequested(const std::string& id, const absl::Status& status, Actions& actions) {
  Held& held = held_.at(id);
  if (!status.ok()) {
    return Finish(id, {Verdicts::VERDICT_VOID, "the request could not be recorded"}, "", actions);
  }
  held.phase = Phase::kPending;
  Tell(held.approval);
  if (held.told) {
    actions.push_back([told = std::exchange(held.told, nullptr), approval = held.approval]() mutable {
      told({Presented::Answer::kWaits, std::move(approval), {}});
    });
  }
  Continue(held, actions);
}

// --- it ends without a vote

void HeldStatements::Void(const std::string& id, std::string_view because) {
  Actions actions;
  {
    std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found != held_.end()) {
      AskToEnd(found->second, {Verdicts::VERDICT_VOID, std::string(because)}, actions);
    }
  }
  Run(std::move(actions));
}

void HeldStatements::SetPreview(const std::string& id, v1::ImpactPreview preview) {
  std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found == held_.end() || found->second.approval.state() != v1::Approval::STATE_PENDING) return;
  Held& held = found->second;
  *held.approval.mutable_preview() = std::move(preview);
  if (held.approval.ByteSizeLong() > limits_.statement_bytes) {
    DropSample(held.approval, "it is too long");
    held.approval.mutable_preview()->clear_plan();
  }
  if (held.phase != Phase::kRecording) Tell(held.approval);
}

absl::Time HeldStatements::ExpireDue() {
  const absl::Time now = now_();
  absl::Time next = absl::InfiniteFuture();
  Actions actions;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, held] : held_) {
      if (held.expires > now) {
        next = std::min(next, held.expires);
      } else {
        const bool unused = held.phase == Phase::kUsable;
        AskToEnd(held, {Verdicts::VERDICT_EXPIRED, unused ? "approved, and not used in time" : "nobody decided in time"}, actions);
      }
    }
  }
  Run(std::move(actions));
  return next;
}

// The first one to ask counts; a vote that is with the journal goes before.
void HeldStatements::AskToEnd(Held& held, Ending ending, Actions& actions) {
  if (held.ending) return;
  held.ending = std::move(ending);
  if (held.phase == Phase::kPending || held.phase == Phase::kUsable) StartEnding(held, actions);
}

void HeldStatements::StartEnding(Held& held, Actions& actions) {
  held.phase = Phase::kEnding;
  const std::string id = held.approval.id();
  v1::Record record = DecidedRecord(held.approval, held.ending->verdict, "", held.ending->because, now_());
  Append(
      std::move(record), [this, id](absl::Status, Actions& next) { Finish(id, *held_.at(id).ending, "", next); },
      actions);
}

// --- votes

void HeldStatements::Vote(const std::string& id, const identity::Principal& reviewer, bool approve,
                          std::string_view reason, Decided done) {
  Actions actions;
  absl::Status refused = absl::OkStatus();
  {
    std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end() || found->second.phase == Phase::kRecording) {
      refused = history_.Find(id) ? NoLongerPending() : absl::NotFoundError("no such approval");
    } else {
      Cast(found->second, Ballot{reviewer, approve, std::string(reason), std::move(done)}, actions);
    }
  }
  if (!refused.ok()) return done(std::move(refused));
  Run(std::move(actions));
}

absl::Status HeldStatements::CheckBallot(const Held& held, const Ballot& ballot) const {
  if (absl::Status may = MayDecide(held.approval, ballot.reviewer); !may.ok()) return may;
  if (!ballot.approve && IsBlank(ballot.reason)) return absl::InvalidArgumentError("a denial needs a reason");
  if (held.approval.reason_required() && IsBlank(ballot.reason)) {
    return absl::InvalidArgumentError("policy wants a reason for approving this");
  }
  if (ballot.reason.size() > kMaxReasonBytes)
    return absl::InvalidArgumentError("the reason is longer than 1,024 bytes");
  const bool open = held.phase == Phase::kPending || held.phase == Phase::kDeciding;
  if (closing_ || !open || held.expires <= now_()) return NoLongerPending();
  for (const v1::Vote& vote : held.approval.votes()) {
    if (vote.reviewer() == ballot.reviewer.name) return absl::FailedPreconditionError("you voted on it already");
  }
  if (held.waiting.size() >= limits_.waiting_votes) return absl::UnavailableError("too many votes at once; try again");
  return absl::OkStatus();
}

bool HeldStatements::IsStale(const Held& held) const {
  const int64_t stale_at = held.approval.preview().stale_at_unix_ms();
  return stale_at != 0 && absl::FromUnixMillis(stale_at) <= now_();
}

void HeldStatements::Cast(Held& held, Ballot ballot, Actions& actions) {
  if (absl::Status status = CheckBallot(held, ballot); !status.ok()) {
    actions.push_back([done = std::move(ballot.done), status]() mutable { done(status); });
    return;
  }
  if (ballot.approve && IsStale(held)) {
    actions.push_back([done = std::move(ballot.done)]() mutable {
      done(absl::FailedPreconditionError("what it would change was looked at too long ago; it is void, and may be asked for again"));
    });
    return AskToEnd(held, {Verdicts::VERDICT_VOID, "its preview was stale when it was voted on"}, actions);
  }
  if (held.phase == Phase::kDeciding) {
    held.waiting.push_back(std::move(ballot));
    return;
  }
  held.phase = Phase::kDeciding;
  v1::Approval after = held.approval;
  AddVote(after, ballot.reviewer.name, ballot.approve, ballot.reason, now_());
  v1::Record record =
      !ballot.approve ? DecidedRecord(after, Verdicts::VERDICT_DENIED, ballot.reviewer.name, ballot.reason, now_())
      : IsDone(after) ? DecidedRecord(after, Verdicts::VERDICT_APPROVED, Approvers(after), ballot.reason, now_())
                      : VoteRecord(after, now_());
  Append(
      std::move(record),
      [this, id = held.approval.id(), ballot = std::move(ballot)](absl::Status status, Actions& next) mutable {
        OnBallot(id, std::move(ballot), status, next);
      },
      actions);
}

void HeldStatements::OnBallot(const std::string& id, Ballot ballot, const absl::Status& status, Actions& actions) {
  Held& held = held_.at(id);
  if (!status.ok()) {
    actions.push_back([done = std::move(ballot.done)]() mutable {
      done(absl::UnavailableError("the decision could not be recorded; nothing was decided"));
    });
    held.phase = Phase::kPending;
    return Continue(held, actions);
  }
  AddVote(held.approval, ballot.reviewer.name, ballot.approve, ballot.reason, now_());
  const bool decided = !ballot.approve || IsDone(held.approval);
  v1::Approval answer = held.approval;
  if (decided) answer.set_state(ballot.approve ? v1::Approval::STATE_APPROVED : v1::Approval::STATE_DENIED);
  actions.push_back([done = std::move(ballot.done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
  if (decided && ballot.approve && held.approval.mode() == v1::Approval::MODE_TICKET) return MakeUsable(held, actions);
  if (decided) {
    const auto verdict = ballot.approve ? Verdicts::VERDICT_APPROVED : Verdicts::VERDICT_DENIED;
    const std::string reviewer = ballot.approve ? Approvers(held.approval) : ballot.reviewer.name;
    return Finish(id, {verdict, ballot.reason}, reviewer, actions);
  }
  Tell(held.approval);
  held.phase = Phase::kPending;
  Continue(held, actions);
}

// Pending again: what came meanwhile goes on, an end before further votes.
void HeldStatements::Continue(Held& held, Actions& actions) {
  if (held.ending) return StartEnding(held, actions);
  while (held.phase == Phase::kPending && !held.waiting.empty()) {
    Ballot next = std::move(held.waiting.front());
    held.waiting.pop_front();
    Cast(held, std::move(next), actions);
  }
}

void HeldStatements::Finish(const std::string& id, Ending ending, std::string reviewer, Actions& actions) {
  const auto found = held_.find(id);
  Held held = std::move(found->second);
  held_.erase(found);
  if (--held_of_agent_[held.approval.agent()] == 0) held_of_agent_.erase(held.approval.agent());
  held.approval.set_state(StateOf(ending.verdict));
  DropSample(held.approval, kDecided);
  if (reviewer.empty()) held.approval.set_ended_because(ending.because);
  if (held.phase != Phase::kRecording) Tell(held.approval);
  Remember(std::move(held.approval));
  RefuseLateVotes(held, actions);
  if (held.told) {
    actions.push_back([told = std::move(held.told), why = ending.because]() mutable {
      told({Presented::Answer::kRefused, {}, std::move(why)});
    });
  }
  if (!held.resolved) return;
  Resolution resolution{ending.verdict, std::move(reviewer), std::move(ending.because)};
  actions.push_back([resolved = std::move(held.resolved), resolution = std::move(resolution)]() mutable {
    resolved(std::move(resolution));
  });
}

void HeldStatements::RefuseLateVotes(Held& held, Actions& actions) {
  for (Ballot& late : std::exchange(held.waiting, {})) {
    actions.push_back([done = std::move(late.done)]() mutable { done(NoLongerPending()); });
  }
}

// --- looking

absl::StatusOr<v1::Approval> HeldStatements::Get(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found != held_.end() && found->second.phase != Phase::kRecording) return found->second.approval;
  if (const ApprovalPtr ended = history_.Find(id)) return *ended;
  return absl::NotFoundError("no such approval");
}

std::vector<v1::Approval> HeldStatements::List(v1::Approval::State state, size_t limit) const {
  std::lock_guard lock(mutex_);
  std::vector<const v1::Approval*> chosen;
  const auto choose = [&](const v1::Approval& approval) {
    if (state == v1::Approval::STATE_UNSPECIFIED || approval.state() == state) chosen.push_back(&approval);
  };
  for (const auto& [id, held] : held_) {
    if (held.phase != Phase::kRecording) choose(held.approval);
  }
  for (const ApprovalPtr& ended : history_.all()) choose(*ended);
  const size_t count = std::min(limit, chosen.size());
  std::partial_sort(chosen.begin(), chosen.begin() + static_cast<ptrdiff_t>(count), chosen.end(),
                    [](const v1::Approval* a, const v1::Approval* b) {
                      return std::pair(a->created_at_unix_ms(), std::string_view(a->id())) >
                             std::pair(b->created_at_unix_ms(), std::string_view(b->id()));
                    });
  std::vector<v1::Approval> list;
  for (size_t i = 0; i < count; ++i) list.push_back(*chosen[i]);
  return list;
}

size_t HeldStatements::pending() const {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(held_.begin(), held_.end(), [](const auto& entry) {
    return entry.second.phase != Phase::kUsable && entry.second.phase != Phase::kUsing;
  }));
}

uint64_t HeldStatements::Watch(Watcher watcher) {
  std::lock_guard lock(mutex_);
  const uint64_t ticket = next_ticket_++;
  Watcher& added = watchers_[ticket] = std::move(watcher);
  for (const auto& [id, held] : held_) {
    if (held.phase != Phase::kRecording && held.approval.state() == v1::Approval::STATE_PENDING) added(held.approval);
  }
  return ticket;
}

void HeldStatements::Unwatch(uint64_t ticket) {
  std::lock_guard lock(mutex_);
  watchers_.erase(ticket);
}

void HeldStatements::Show(const v1::Approval& approval) {
  for (auto& [ticket, watcher] : watchers_) watcher(approval);
}

void HeldStatements::Tell(const v1::Approval& approval) {
  Show(approval);
  if (shelf_ == nullptr) return;
  v1::Approval kept = approval;
  DropSample(kept, "the gateway was started again, and rows are not kept");
  shelf_->Keep(std::move(kept));
}

}  // namespace postern::approval
