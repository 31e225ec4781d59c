// Many reviewers, an agent that leaves and a deadline, all at the same instant: exactly one of them wins.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "gateway/approval/held_statements.h"
#include "tests/unit/gateway/approval/fake_journal.h"
#include "tests/unit/gateway/approval/people.h"

namespace postern::approval {
namespace {

// A journal whose every third record is lost.
class UnreliableJournal : public recording::Journal {
 public:
  void Append(const v1::Record& record, Done done) override {
    const bool lost = losing && count_.fetch_add(1) % 3 == 0;
    if (!lost && record.has_approval_decided()) decided.fetch_add(1);
    done(lost ? absl::DataLossError("disk full") : absl::OkStatus());
  }
  absl::Status Health() const override { return absl::OkStatus(); }

  std::atomic<bool> losing = false;
  std::atomic<int> decided = 0;

 private:
  std::atomic<int> count_ = 0;
};

TEST_CASE("racing votes, void and expiry: one ending, one resolution") {
  for (int round = 0; round < 200; ++round) {
    UnreliableJournal journal;
    std::atomic<int64_t> clock_ms = 1'800'000'000'000;
    HeldStatements held(journal, {}, [&] { return absl::FromUnixMillis(clock_ms); }, [](absl::Time) {});
    std::atomic<int> resolutions = 0;
    std::atomic<int> verdict = 0;
    std::atomic<int> winners = 0;
    std::atomic<int> answers = 0;
    const std::string id = held.Hold(Request(), absl::Minutes(1), [&](Resolution r) {
      verdict = r.verdict;
      resolutions.fetch_add(1);
    });
    journal.losing = true;
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    const auto start = [&](auto act) {
      threads.emplace_back([&go, act] {
        while (!go) std::this_thread::yield();
        act();
      });
    };
    constexpr int kReviewers = 8;
    for (int i = 0; i < kReviewers; ++i) {
      start([&, i] {
        held.Vote(id, Reviewer("r" + std::to_string(i)), i % 2 == 0, "because",
                  [&](absl::StatusOr<v1::Approval> answer) {
                    winners.fetch_add(answer.ok());
                    answers.fetch_add(1);
                  });
      });
    }
    start([&] { held.Void(id, "gone"); });
    start([&] {
      clock_ms += 60'000;
      held.ExpireDue();
    });
    go = true;
    for (std::thread& thread : threads) thread.join();

    REQUIRE(resolutions == 1);
    REQUIRE(answers == kReviewers);
    const bool voted =
        verdict == v1::ApprovalDecided::VERDICT_APPROVED || verdict == v1::ApprovalDecided::VERDICT_DENIED;
    REQUIRE(winners == (voted ? 1 : 0));
    REQUIRE(journal.decided <= 1);
    if (voted) REQUIRE(journal.decided == 1);
    REQUIRE(held.pending() == 0);
  }
}

TEST_CASE("two of eight racing reviewers make two approvals, never the same one twice") {
  for (int round = 0; round < 100; ++round) {
    FakeJournal journal;
    HeldStatements held(journal, {}, [] { return absl::FromUnixSeconds(1'800'000'000); }, [](absl::Time) {});
    std::atomic<int> resolutions = 0;
    const std::string id = held.Hold(Request(2), absl::Minutes(1), [&](Resolution) { resolutions.fetch_add(1); });
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        held.Vote(id, Reviewer("r" + std::to_string(i / 2)), true, "", [](absl::StatusOr<v1::Approval>) {});
      });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(resolutions == 1);
    const v1::Approval approval = *held.Get(id);
    REQUIRE(approval.votes_size() == 2);
    REQUIRE(approval.votes(0).reviewer() != approval.votes(1).reviewer());
  }
}

}  // namespace
}  // namespace postern::approval
