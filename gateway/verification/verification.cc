#include "gateway/verification/verification.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"

namespace postern::verification {
namespace {

using Check = v1::VerificationCheck;
using State = v1::VerificationRun;

// Relays dial in meanwhile.
constexpr std::chrono::seconds kFirst{30};
constexpr size_t kMostRuns = 1000;

// Every check that was asked for must have passed.
bool AllPassed(const v1::VerificationRun& run) {
  return run.checks_size() > 0 && std::all_of(run.checks().begin(), run.checks().end(), [](const Check& check) {
           return check.result() == Check::RESULT_PASSED || check.result() == Check::RESULT_NOT_CONFIGURED;
         });
}

}  // namespace

Verification::Verification(Options options, std::set<std::string> targets, Work work)
    : options_(std::move(options)), targets_(std::move(targets)), work_(std::move(work)) {
  const auto every = absl::ToChronoNanoseconds(options_.every);
  next_ = Clock::now() + std::min<Clock::duration>(kFirst, every);
}

void Verification::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Verification::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  stop_.Stop();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::vector<v1::VerificationRun>> Verification::Run(const std::string& target, const std::string& asked_by) {
  if (!target.empty() && !targets_.contains(target)) return absl::NotFoundError(absl::StrCat("no target ", target));
  if (!target.empty() && !options_.targets.contains(target)) {
    return absl::FailedPreconditionError(absl::StrCat("verification is not configured for ", target, ": it has no section under verification.targets of gateway.yaml"));
  }
  if (options_.targets.empty()) return absl::FailedPreconditionError("verification is not configured for any target: gateway.yaml has no section verification");
  std::vector<v1::VerificationRun> runs;
  std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the gateway is stopping");
  for (const auto& [name, plan] : options_.targets) {
    if (target.empty() || name == target) runs.push_back(Enqueue(name, asked_by));
  }
  changed_.notify_all();
  return runs;
}

v1::VerificationRun Verification::Enqueue(const std::string& target, const std::string& asked_by) {
  if (const auto known = current_.find(target); known != current_.end()) return runs_.at(known->second);
  v1::VerificationRun run;
  run.set_id(ids::NewId("ver_"));
  run.set_target(target);
  run.set_state(State::STATE_WAITING);
  run.set_asked_by(asked_by);
  current_[target] = run.id();
  waiting_.push_back(run.id());
  runs_[run.id()] = run;
  return run;
}

v1::ListVerificationsResponse Verification::List(const std::string& target, size_t limit) const {
  v1::ListVerificationsResponse listed;
  std::lock_guard lock(mutex_);
  for (const std::string& name : targets_) {
    if (!target.empty() && name != target) continue;
    v1::VerificationTarget& one = *listed.add_targets();
    one.set_target(name);
    one.set_configured(options_.targets.contains(name));
    const auto passed = last_passed_unix_ms_.find(name);
    if (passed != last_passed_unix_ms_.end()) one.set_last_passed_at_unix_ms(passed->second);
  }
  for (auto run = runs_.rbegin(); run != runs_.rend() && listed.runs_size() < static_cast<int>(limit); ++run) {
    if (target.empty() || run->second.target() == target) *listed.add_runs() = run->second;
  }
  if (!options_.targets.empty()) {
    const absl::Duration left = absl::FromChrono(next_ - Clock::now());
    listed.set_next_at_unix_ms(absl::ToUnixMillis(absl::Now() + std::max(left, absl::ZeroDuration())));
  }
  return listed;
}

void Verification::Loop() {
  std::unique_lock lock(mutex_);
  while (AwaitWork(lock)) {
    v1::VerificationRun run = runs_.at(waiting_.front());
    waiting_.pop_front();
    run.set_state(State::STATE_RUNNING);
    run.set_started_at_unix_ms(absl::ToUnixMillis(absl::Now()));
    runs_[run.id()] = run;
    lock.unlock();
    const TargetPlan& plan = options_.targets.at(run.target());
    run = work_.run(plan, std::move(run), stop_, [this](const v1::VerificationRun& told) { Note(told); });
    Finish(std::move(run));
    lock.lock();
  }
  for (const std::string& id : waiting_) runs_[id].set_state(State::STATE_STOPPED);
}

// False when it is time to stop. What is due is put in the queue here, once, however much of it was missed.
bool Verification::AwaitWork(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (stopping_) return false;
    const bool due = !options_.targets.empty() && Clock::now() >= next_;
    if (due) {
      for (const auto& [target, plan] : options_.targets) Enqueue(target, "");
      next_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(absl::ToChronoNanoseconds(options_.every));
    }
    if (!waiting_.empty()) return true;
    if (options_.targets.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next_);
    }
  }
}

void Verification::Note(const v1::VerificationRun& run) {
  std::lock_guard lock(mutex_);
  runs_[run.id()] = run;
}

void Verification::Finish(v1::VerificationRun run) {
  run.set_ended_at_unix_ms(absl::ToUnixMillis(absl::Now()));
  const bool broken_off = stop_.stopped() && !AllPassed(run);
  run.set_state(broken_off ? State::STATE_STOPPED : AllPassed(run) ? State::STATE_PASSED : State::STATE_FAILED);
  if (!broken_off) work_.ended(run);
  std::lock_guard lock(mutex_);
  if (run.state() == State::STATE_PASSED) last_passed_unix_ms_[run.target()] = run.ended_at_unix_ms();
  current_.erase(run.target());
  runs_[run.id()] = std::move(run);
  Forget();
}

// The oldest, which have ended.
void Verification::Forget() {
  while (runs_.size() > kMostRuns + targets_.size()) runs_.erase(runs_.begin());
}

}  // namespace postern::verification
