#include "gateway/verification/verification.h"

#include <absl/time/clock.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <string>

namespace postern::verification {
namespace {

using Check = v1::VerificationCheck;
using State = v1::VerificationRun;

// Runs that wait until the test lets each of them end.
class Steered {
 public:
  explicit Steered(Options options, std::set<std::string> targets = {"a", "b", "unverified"})
      : verification(std::move(options), std::move(targets), {.run = [this](const TargetPlan&, v1::VerificationRun run, StopSignal& stop, const Verification::Tell&) {
                                                                return Do(std::move(run), stop);
                                                              },
                                                              .ended = [this](v1::VerificationRun& run) {
                                                                std::lock_guard lock(mutex_);
                                                                ended_.push_back(run);
                                                              }}) {}

  void AwaitBegun(size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return begun_ >= count; }));
  }
  size_t begun() {
    std::lock_guard lock(mutex_);
    return begun_;
  }
  // Until then each run waits.
  void LetEnd(size_t count, Check::Result result = Check::RESULT_PASSED) {
    std::lock_guard lock(mutex_);
    result_ = result;
    may_end_ += count;
    changed_.notify_all();
  }
  void AwaitEnded(size_t count) {
    for (int i = 0; i < 3000; ++i) {
      if (EndedRuns() >= count) return;
      absl::SleepFor(absl::Milliseconds(10));
    }
    FAIL("the runs did not end");
  }
  size_t EndedRuns() {
    size_t ended = 0;
    const auto listed = verification.List("", 1000);
    for (const v1::VerificationRun& run : listed.runs()) {
      if (run.state() != State::STATE_WAITING && run.state() != State::STATE_RUNNING) ++ended;
    }
    return ended;
  }
  std::vector<v1::VerificationRun> told() {
    std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  v1::VerificationRun Do(v1::VerificationRun run, StopSignal& stop) {
    Check& check = *run.add_checks();
    check.set_kind(Check::KIND_HOLD);
    {
      std::lock_guard lock(mutex_);
      ++begun_;
      changed_.notify_all();
    }
    for (;;) {
      {
        std::lock_guard lock(mutex_);
        if (may_end_ > 0) {
          --may_end_;
          check.set_result(result_);
          return run;
        }
      }
      if (stop.Rest(absl::Milliseconds(5))) continue;
      check.set_result(Check::RESULT_NOT_REACHED);
      return run;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t begun_ = 0;
  size_t may_end_ = 0;
  Check::Result result_ = Check::RESULT_PASSED;
  std::vector<v1::VerificationRun> ended_;

 public:
  Verification verification;
};

Options TwoTargets(absl::Duration every = absl::Hours(24)) { return {.every = every, .targets = {{"a", {}}, {"b", {}}}}; }

TEST_CASE("who asks gets a run for each configured target, and who asks again gets the same ones") {
  Steered steered(TwoTargets());
  steered.verification.Start();
  const auto runs = steered.verification.Run("", "ann");
  REQUIRE(runs.ok());
  REQUIRE(runs->size() == 2);
  steered.AwaitBegun(1);
  const auto again = steered.verification.Run("a", "bob");
  REQUIRE(again.ok());
  CHECK(again->front().id() == runs->front().id());
  CHECK(again->front().asked_by() == "ann");
  steered.LetEnd(2);
  steered.AwaitEnded(2);
  CHECK(steered.begun() == 2);
  const auto listed = steered.verification.List("", 100);
  REQUIRE(listed.runs_size() == 2);
  for (const v1::VerificationRun& run : listed.runs()) CHECK(run.state() == State::STATE_PASSED);
  CHECK(listed.targets_size() == 3);
  for (const v1::VerificationTarget& target : listed.targets()) {
    CHECK(target.configured() == (target.target() != "unverified"));
    CHECK((target.last_passed_at_unix_ms() > 0) == target.configured());
  }
  CHECK(steered.told().size() == 2);
  CHECK(steered.verification.Run("a", "ann")->front().id() != runs->front().id());
}

TEST_CASE("what is not there or not configured is told, and not taken for verified") {
  Steered steered(TwoTargets());
  CHECK(absl::IsNotFound(steered.verification.Run("nowhere", "ann").status()));
  CHECK(absl::IsFailedPrecondition(steered.verification.Run("unverified", "ann").status()));
  Steered nothing({});
  CHECK(absl::IsFailedPrecondition(nothing.verification.Run("", "ann").status()));
  CHECK(nothing.verification.List("", 100).next_at_unix_ms() == 0);
}

TEST_CASE("a check that failed or was not reached fails the run, and so does one without a result") {
  for (const auto result : {Check::RESULT_FAILED, Check::RESULT_NOT_REACHED, Check::RESULT_UNSPECIFIED}) {
    Steered steered(TwoTargets());
    steered.verification.Start();
    REQUIRE(steered.verification.Run("a", "ann").ok());
    steered.LetEnd(1, result);
    steered.AwaitEnded(1);
    const auto listed = steered.verification.List("a", 100);
    CHECK(listed.runs(0).state() == State::STATE_FAILED);
    CHECK(listed.targets(0).last_passed_at_unix_ms() == 0);
    REQUIRE(steered.told().size() == 1);
    CHECK(steered.told()[0].state() == State::STATE_FAILED);
  }
}

TEST_CASE("the schedule begins runs by itself, and none pile up behind one that takes long") {
  Steered steered(TwoTargets(absl::Milliseconds(20)));
  steered.verification.Start();
  steered.AwaitBegun(1);
  const int64_t due = steered.verification.List("", 0).next_at_unix_ms();
  while (absl::ToUnixMillis(absl::Now()) <= due) absl::SleepFor(absl::Milliseconds(5));
  // The next are due, and what is due is what waits already.
  CHECK(steered.begun() == 1);
  CHECK(steered.verification.List("", 100).runs_size() == 2);
  steered.LetEnd(5);
  steered.AwaitBegun(3);
  CHECK(steered.verification.List("", 100).runs(0).asked_by() == "");
}

TEST_CASE("a stop breaks off what is under way, drops what waits, and calls neither a failure") {
  Steered steered(TwoTargets());
  steered.verification.Start();
  REQUIRE(steered.verification.Run("", "ann").ok());
  steered.AwaitBegun(1);
  steered.verification.Stop();
  const auto listed = steered.verification.List("", 100);
  REQUIRE(listed.runs_size() == 2);
  for (const v1::VerificationRun& run : listed.runs()) CHECK(run.state() == State::STATE_STOPPED);
  CHECK(steered.told().empty());
  CHECK(steered.begun() == 1);
  CHECK(absl::IsUnavailable(steered.verification.Run("a", "ann").status()));
}

}  // namespace
}  // namespace postern::verification
