// Tickets: asked for once, decided once, used once, and known to the next life of the gateway.
#include <catch2/catch.hpp>

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "gateway/approval/held_statements.h"
#include "gateway/approval/make_approvals.h"
#include "tests/support/memory_approval_store.h"
#include "tests/unit/gateway/approval/fake_journal.h"
#include "tests/unit/gateway/approval/people.h"

namespace postern::approval {
namespace {

using Answer = Presented::Answer;
using State = v1::Approval;

v1::Approval Ticket(std::string binding = "same") {
  v1::Approval approval = Request();
  approval.set_binding(std::move(binding));
  approval.set_window_seconds(600);
  return approval;
}

// One life of the approvals over a store that outlives it.
struct Desk {
  explicit Desk(store::MemoryApprovalStore& store, ApprovalLimits limits = {})
      : shelf(store), held(journal, limits, [this] { return now; }, [](absl::Time) {}, &shelf) {
    held.Restore(*store.LoadAll());
  }

  Presented Present(v1::Approval approval = Ticket()) {
    Presented told;
    held.Present(std::move(approval), absl::Minutes(30), [&](Presented how) { told = std::move(how); });
    return told;
  }
  absl::Status Use(const std::string& id) {
    absl::Status result;
    absl::Notification done;
    held.Use(id, {"ses_2", "stm_2"}, [&](absl::Status status) {
      result = std::move(status);
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }
  absl::Status Vote(const std::string& id, bool approve = true, std::string reason = "ok") {
    absl::Status answer;
    held.Vote(id, Reviewer("ann"), approve, reason, [&](absl::StatusOr<v1::Approval> a) { answer = a.status(); });
    return answer;
  }

  FakeJournal journal;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  Shelf shelf;
  HeldStatements held;
};

TEST_CASE("a ticket waits, is approved, and is used once") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const Presented first = desk.Present();
  CHECK(first.answer == Answer::kWaits);
  const Presented again = desk.Present();
  CHECK(again.answer == Answer::kWaits);
  CHECK(again.approval.id() == first.approval.id());
  CHECK(absl::IsFailedPrecondition(desk.Use(first.approval.id())));

  REQUIRE(desk.Vote(first.approval.id()).ok());
  const Presented approved = desk.Present();
  CHECK(approved.answer == Answer::kMayUse);
  CHECK(approved.approval.usable_until_unix_ms() == absl::ToUnixMillis(desk.now + absl::Minutes(10)));
  CHECK(desk.Use(first.approval.id()).ok());
  CHECK(absl::IsFailedPrecondition(desk.Use(first.approval.id())));
  CHECK(desk.held.Get(first.approval.id())->used_by_statement_id() == "stm_2");
  CHECK(store.LoadAll()->at(0).used_at_unix_ms() != 0);

  const auto records = desk.journal.records();
  CHECK(records[0].approval_requested().ticket());
  CHECK(records[0].approval_requested().binding() == "same");
  CHECK(records.back().ticket_used().approval_id() == first.approval.id());
  CHECK(records.back().session_id() == "ses_2");

  const Presented anew = desk.Present();
  CHECK(anew.answer == Answer::kWaits);
  CHECK(anew.approval.id() != first.approval.id());
}

TEST_CASE("another binding is another ticket") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  REQUIRE(desk.Vote(id).ok());
  const Presented other = desk.Present(Ticket("other"));
  CHECK(other.answer == Answer::kWaits);
  CHECK(other.approval.id() != id);
}

TEST_CASE("a denial answers whoever asks again within the window") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  REQUIRE(desk.Vote(id, false, "no").ok());
  desk.now += absl::Minutes(9);
  CHECK(desk.Present().answer == Answer::kDenied);
  CHECK(desk.Present().approval.id() == id);
  desk.now += absl::Minutes(2);
  CHECK(desk.Present().answer == Answer::kWaits);
}

TEST_CASE("an approved ticket is over when its window is") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  REQUIRE(desk.Vote(id).ok());
  desk.now += absl::Minutes(10);
  CHECK(absl::IsFailedPrecondition(desk.Use(id)));
  desk.held.ExpireDue();
  CHECK(desk.held.Get(id)->state() == State::STATE_EXPIRED);
  CHECK(desk.held.Get(id)->ended_because() == "approved, and not used in time");
  CHECK(desk.journal.records().back().approval_decided().verdict() == v1::ApprovalDecided::VERDICT_EXPIRED);
}

TEST_CASE("a ticket whose transaction is over is void, approved or not") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  const bool approved = GENERATE(true, false);
  if (approved) REQUIRE(desk.Vote(id).ok());
  desk.held.Void(id, "its transaction is over");
  CHECK(desk.held.Get(id)->state() == State::STATE_VOID);
  CHECK(absl::IsFailedPrecondition(desk.Use(id)));
  CHECK(absl::IsFailedPrecondition(desk.Vote(id)));
}

TEST_CASE("a use that cannot be recorded leaves the ticket, one that cannot be kept burns it") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  REQUIRE(desk.Vote(id).ok());
  desk.journal.FailWith(absl::DataLossError("disk full"));
  CHECK(absl::IsUnavailable(desk.Use(id)));
  desk.journal.FailWith(absl::OkStatus());
  CHECK(desk.Present().answer == Answer::kMayUse);
  store.FailWith(absl::DataLossError("disk full"));
  CHECK(absl::IsUnavailable(desk.Use(id)));
  CHECK(absl::IsFailedPrecondition(desk.Use(id)));
  store.FailWith(absl::OkStatus());
}

TEST_CASE("fifty uses at once: one of them runs") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  const std::string id = desk.Present().approval.id();
  REQUIRE(desk.Vote(id).ok());
  std::atomic<int> ran = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) threads.emplace_back([&] { ran += desk.Use(id).ok() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  CHECK(ran == 1);
}

TEST_CASE("a reason is given where policy wants one") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  v1::Approval strict = Ticket();
  strict.set_reason_required(true);
  const std::string id = desk.Present(strict).approval.id();
  CHECK(absl::IsInvalidArgument(desk.Vote(id, true, " ")));
  CHECK(desk.Vote(id, true, "CHG-12").ok());
}

TEST_CASE("an agent's tickets are bounded, approved ones too") {
  store::MemoryApprovalStore store;
  Desk desk(store, {.pending_per_agent = 2});
  REQUIRE(desk.Vote(desk.Present(Ticket("a")).approval.id()).ok());
  CHECK(desk.Present(Ticket("b")).answer == Answer::kWaits);
  CHECK(desk.Present(Ticket("c")).answer == Answer::kRefused);
}

TEST_CASE("similar decisions are counted, and the last one told") {
  store::MemoryApprovalStore store;
  Desk desk(store);
  v1::Approval like = Ticket("a");
  like.set_digest("d1");
  REQUIRE(desk.Vote(desk.Present(like).approval.id(), false, "too many rows").ok());
  like.set_binding("b");
  const Presented second = desk.Present(like);
  CHECK(second.approval.similar().denied() == 1);
  CHECK(second.approval.similar().latest_reason() == "too many rows");
  CHECK(second.approval.similar().latest_reviewer() == "ann");
  CHECK(desk.Present(Ticket("c")).approval.similar().denied() == 0);
}

// --- the next life

TEST_CASE("tickets and history outlive the gateway, what waited on the wire does not") {
  store::MemoryApprovalStore store;
  std::string waiting, approved, used, wire, in_transaction;
  {
    Desk desk(store);
    waiting = desk.Present(Ticket("waiting")).approval.id();
    approved = desk.Present(Ticket("approved")).approval.id();
    used = desk.Present(Ticket("used")).approval.id();
    v1::Approval inside = Ticket("inside");
    inside.set_in_transaction(true);
    in_transaction = desk.Present(inside).approval.id();
    REQUIRE(desk.Vote(approved).ok());
    REQUIRE(desk.Vote(used).ok());
    REQUIRE(desk.Use(used).ok());
    // Whoever waits when the gateway dies is not told any more.
    v1::Approval on_wire = Request();
    on_wire.set_id("apr_wire");
    on_wire.set_state(State::STATE_PENDING);
    on_wire.set_mode(State::MODE_WAIT);
    wire = on_wire.id();
    REQUIRE(store.Save(std::vector{on_wire}, {}).ok());
  }
  Desk next(store);
  CHECK(next.held.Get(waiting)->state() == State::STATE_PENDING);
  CHECK(next.held.Get(wire)->state() == State::STATE_VOID);
  CHECK(next.held.Get(in_transaction)->state() == State::STATE_VOID);
  CHECK(next.held.Get(used)->used_at_unix_ms() != 0);
  CHECK(absl::IsFailedPrecondition(next.Use(used)));
  CHECK(next.Present(Ticket("approved")).answer == Answer::kMayUse);
  CHECK(next.Use(approved).ok());
  CHECK(next.Vote(waiting).ok());
  CHECK(next.Present(Ticket("waiting")).answer == Answer::kMayUse);
  const auto records = next.journal.records();
  REQUIRE(records.size() >= 2);
  CHECK(records[0].approval_decided().verdict() == v1::ApprovalDecided::VERDICT_VOID);
  CHECK(records[1].approval_decided().verdict() == v1::ApprovalDecided::VERDICT_VOID);
}

TEST_CASE("whoever watches from the start sees what goes on, and what the start made void") {
  store::MemoryApprovalStore store;
  v1::Approval on_wire = Request();
  on_wire.set_id("apr_wire");
  on_wire.set_state(State::STATE_PENDING);
  v1::Approval ticket = Ticket();
  ticket.set_id("apr_ticket");
  ticket.set_state(State::STATE_PENDING);
  ticket.set_mode(State::MODE_TICKET);
  ticket.set_expires_at_unix_ms(absl::ToUnixMillis(absl::Now() + absl::Hours(1)));
  REQUIRE(store.Save(std::vector{on_wire, ticket}, {}).ok());
  std::vector<std::pair<std::string, State::State>> seen;
  FakeJournal journal;
  const auto approvals = RestoreApprovals(journal, store, {}, [&](const v1::Approval& one) { seen.emplace_back(one.id(), one.state()); });
  REQUIRE(approvals.ok());
  std::sort(seen.begin(), seen.end());
  CHECK(seen == std::vector<std::pair<std::string, State::State>>{{"apr_ticket", State::STATE_PENDING}, {"apr_wire", State::STATE_VOID}});
}

TEST_CASE("what history forgets the store forgets") {
  store::MemoryApprovalStore store;
  {
    Desk desk(store, {.history = 2});
    for (const char* binding : {"a", "b", "c", "d"}) REQUIRE(desk.Vote(desk.Present(Ticket(binding)).approval.id(), false).ok());
  }
  CHECK(store.LoadAll()->size() == 2);
  Desk later(store, {.history_age = absl::Hours(1)});
  later.now += absl::Hours(2);
  const std::string id = later.Present(Ticket("e")).approval.id();
  REQUIRE(later.Vote(id, false).ok());
  CHECK(later.held.List(State::STATE_UNSPECIFIED, 10).size() == 1);
}

TEST_CASE("the rows of a ticket's preview are not kept, and gone once it is granted") {
  store::MemoryApprovalStore store;
  v1::ImpactPreview preview;
  preview.set_rows(1);
  preview.add_sample()->add_values()->set_value("ann@example.com");
  std::string waits;
  {
    Desk desk(store);
    waits = desk.Present().approval.id();
    desk.held.SetPreview(waits, preview);
    CHECK(desk.held.Get(waits)->preview().sample_size() == 1);
    const std::string granted = desk.Present(Ticket("another")).approval.id();
    desk.held.SetPreview(granted, preview);
    REQUIRE(desk.Vote(granted, true).ok());
    CHECK(desk.held.Get(granted)->preview().sample().empty());
  }
  const auto all = store.LoadAll();
  REQUIRE(all.ok());
  for (const v1::Approval& kept : *all) {
    CHECK(kept.preview().rows() == 1);
    CHECK(kept.preview().sample().empty());
  }
  Desk again(store);
  CHECK(again.held.Get(waits)->preview().masks_size() == 1);
}

}  // namespace
}  // namespace postern::approval
