#include "gateway/approval/held_statements.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/approval/fake_journal.h"
#include "tests/unit/gateway/approval/people.h"

namespace postern::approval {
namespace {

using Decision = v1::ApprovalDecided;
using State = v1::Approval;

// Approvals with a clock that stands until it is moved.
struct Desk {
  explicit Desk(ApprovalLimits limits = {})
      : held(journal, limits, [this] { return now; }, [this](absl::Time deadline) { woken_for = deadline; }) {}

  std::string Hold(v1::Approval approval = Request(), absl::Duration wait = absl::Minutes(10)) {
    return held.Hold(std::move(approval), wait, [this](Resolution r) { resolved.push_back(std::move(r)); });
  }
  void Vote(const std::string& id, const identity::Principal& who, bool approve = true, std::string reason = "ok") {
    held.Vote(id, who, approve, reason, [this](absl::StatusOr<v1::Approval> a) { answers.push_back(a.status()); });
  }
  State::State StateOf(const std::string& id) { return held.Get(id)->state(); }

  FakeJournal journal;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  absl::Time woken_for = absl::InfiniteFuture();
  std::vector<Resolution> resolved;
  std::vector<absl::Status> answers;
  HeldStatements held;
};

TEST_CASE("a reviewer's vote lets the statement run, once it is recorded") {
  Desk desk;
  const std::string id = desk.Hold();
  CHECK(id.starts_with("apr_"));
  CHECK(desk.held.pending() == 1);
  CHECK(desk.woken_for == desk.now + absl::Minutes(10));
  desk.journal.Hold();
  desk.Vote(id, Reviewer("ann"));
  CHECK(desk.resolved.empty());
  CHECK(desk.answers.empty());
  CHECK(desk.StateOf(id) == State::STATE_PENDING);
  desk.journal.Answer(absl::OkStatus());
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_APPROVED);
  CHECK(desk.resolved[0].reviewer == "ann");
  CHECK(desk.answers == std::vector<absl::Status>{absl::OkStatus()});
  CHECK(desk.StateOf(id) == State::STATE_APPROVED);
  CHECK(desk.held.pending() == 0);
  const auto records = desk.journal.records();
  REQUIRE(records.size() == 2);
  CHECK(records[0].approval_requested().approval_id() == id);
  CHECK(records[1].approval_decided().verdict() == Decision::VERDICT_APPROVED);
  CHECK(records[1].session_id() == "ses_1");
}

TEST_CASE("nobody decides what the gateway sent to see whether it is held") {
  Desk desk;
  const std::string id = desk.Hold(Request(1, "postern-verification"));
  for (const bool approve : {true, false}) desk.Vote(id, Reviewer("ann"), approve);
  REQUIRE(desk.answers.size() == 2);
  for (const absl::Status& answer : desk.answers) CHECK(absl::IsPermissionDenied(answer));
  CHECK(desk.StateOf(id) == State::STATE_PENDING);
}

TEST_CASE("a denial ends it with its reason") {
  Desk desk;
  const std::string id = desk.Hold();
  desk.Vote(id, Reviewer("ann"), false, "");
  CHECK(absl::IsInvalidArgument(desk.answers.at(0)));
  desk.Vote(id, Reviewer("ann"), false, "not on Fridays");
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_DENIED);
  CHECK(desk.resolved[0].reason == "not on Fridays");
  desk.Vote(id, Reviewer("bob"));
  CHECK(absl::IsFailedPrecondition(desk.answers.at(2)));
}

TEST_CASE("only those who may decide, decide") {
  Desk desk;
  const std::string id = desk.Hold();
  identity::Principal agent = Reviewer("ann");
  agent.kind = v1::PRINCIPAL_KIND_AGENT;
  identity::Principal auditor = Reviewer("ann");
  auditor.roles = {v1::ROLE_AUDITOR, v1::ROLE_ADMIN};
  for (const auto& who : {Reviewer("bot"), Reviewer("ann", {"dev"}), Reviewer("ann", {}), agent, auditor}) {
    desk.Vote(id, who);
    CHECK(absl::IsPermissionDenied(desk.answers.back()));
  }
  CHECK(desk.resolved.empty());
  desk.Vote("apr_unknown", Reviewer("ann"));
  CHECK(absl::IsNotFound(desk.answers.back()));
}

TEST_CASE("two approvals take two people") {
  Desk desk;
  const std::string id = desk.Hold(Request(2));
  desk.Vote(id, Reviewer("ann"));
  CHECK(desk.resolved.empty());
  desk.Vote(id, Reviewer("ann"));
  CHECK(absl::IsFailedPrecondition(desk.answers.at(1)));
  desk.Vote(id, Reviewer("bob"));
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].reviewer == "ann, bob");
  const auto records = desk.journal.records();
  REQUIRE(records.size() == 3);
  CHECK(records[1].admin_action().who() == "ann");
  CHECK(records[2].approval_decided().reviewer() == "ann, bob");
}

TEST_CASE("a vote that cannot be recorded decides nothing") {
  Desk desk;
  const std::string id = desk.Hold();
  desk.journal.FailWith(absl::DataLossError("disk full"));
  desk.Vote(id, Reviewer("ann"));
  CHECK(absl::IsUnavailable(desk.answers.at(0)));
  CHECK(desk.resolved.empty());
  CHECK(desk.StateOf(id) == State::STATE_PENDING);
  desk.journal.FailWith(absl::OkStatus());
  desk.Vote(id, Reviewer("ann"));
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_APPROVED);
}

TEST_CASE("while one vote is being recorded the others wait behind it") {
  Desk desk;
  const std::string id = desk.Hold();
  desk.journal.Hold();
  desk.Vote(id, Reviewer("ann"));
  desk.Vote(id, Reviewer("bob"), false, "no");
  CHECK(desk.answers.empty());
  SECTION("the first is recorded: the second comes too late") {
    desk.journal.Answer(absl::OkStatus());
    REQUIRE(desk.resolved.size() == 1);
    CHECK(desk.resolved[0].verdict == Decision::VERDICT_APPROVED);
    CHECK(desk.answers.size() == 2);
  }
  SECTION("the first is lost: the second decides") {
    desk.journal.Answer(absl::DataLossError("disk full"));
    REQUIRE(desk.resolved.size() == 1);
    CHECK(desk.resolved[0].verdict == Decision::VERDICT_DENIED);
    CHECK(desk.resolved[0].reviewer == "bob");
  }
}

TEST_CASE("an agent that leaves while a vote is being recorded") {
  Desk desk;
  const std::string id = desk.Hold();
  desk.journal.Hold();
  desk.Vote(id, Reviewer("ann"));
  desk.held.Void(id, "the agent went away");
  CHECK(desk.resolved.empty());
  SECTION("a durable grant stands") {
    desk.journal.Answer(absl::OkStatus());
    REQUIRE(desk.resolved.size() == 1);
    CHECK(desk.resolved[0].verdict == Decision::VERDICT_APPROVED);
    CHECK(desk.journal.records().size() == 2);
  }
  SECTION("a lost one gives way to the void") {
    desk.journal.Answer(absl::DataLossError("disk full"));
    REQUIRE(desk.resolved.size() == 1);
    CHECK(desk.resolved[0].verdict == Decision::VERDICT_VOID);
    CHECK(desk.resolved[0].reason == "the agent went away");
    CHECK(absl::IsUnavailable(desk.answers.at(0)));
  }
}

TEST_CASE("a void ends it, recorded or not") {
  Desk desk;
  const std::string id = desk.Hold();
  const bool works = GENERATE(true, false);
  if (!works) desk.journal.FailWith(absl::DataLossError("disk full"));
  desk.held.Void(id, "killed");
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_VOID);
  CHECK(desk.held.Get(id)->ended_because() == "killed");
  desk.held.Void(id, "again");
  CHECK(desk.resolved.size() == 1);
  desk.Vote(id, Reviewer("ann"));
  CHECK(absl::IsFailedPrecondition(desk.answers.at(0)));
}

TEST_CASE("time never grants") {
  Desk desk;
  const std::string id = desk.Hold();
  const std::string later = desk.Hold(Request(), absl::Minutes(20));
  desk.now += absl::Minutes(10);
  desk.Vote(id, Reviewer("ann"));
  CHECK(absl::IsFailedPrecondition(desk.answers.at(0)));
  CHECK(desk.held.ExpireDue() == desk.now + absl::Minutes(10));
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_EXPIRED);
  CHECK(desk.StateOf(id) == State::STATE_EXPIRED);
  CHECK(desk.StateOf(later) == State::STATE_PENDING);
}

TEST_CASE("a longer wait than the limit is cut to it") {
  Desk desk({.wait_max = absl::Minutes(1)});
  desk.Hold(Request(), absl::Hours(5));
  CHECK(desk.woken_for == desk.now + absl::Minutes(1));
}

TEST_CASE("a request that cannot be recorded is void and nobody sees it") {
  Desk desk;
  desk.journal.FailWith(absl::DataLossError("disk full"));
  size_t seen = 0;
  desk.held.Watch([&](const v1::Approval& a) { seen += a.state() == State::STATE_PENDING; });
  desk.Hold();
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_VOID);
  CHECK(seen == 0);
}

TEST_CASE("until its request is durable an approval is not there") {
  Desk desk;
  desk.journal.Hold();
  const std::string id = desk.Hold();
  CHECK(desk.held.List(State::STATE_UNSPECIFIED, 10).empty());
  desk.Vote(id, Reviewer("ann"));
  CHECK(absl::IsNotFound(desk.answers.at(0)));
  desk.held.Void(id, "gone");
  CHECK(desk.resolved.empty());
  desk.journal.Answer(absl::OkStatus());
  REQUIRE(desk.resolved.size() == 1);
  CHECK(desk.resolved[0].verdict == Decision::VERDICT_VOID);
}

v1::ImpactPreview PreviewOfOneRow() {
  v1::ImpactPreview preview;
  preview.set_rows(1);
  preview.add_columns("email");
  preview.add_sample()->add_values()->set_value("ann@example.com");
  return preview;
}

TEST_CASE("the rows of a preview are there while somebody may decide, and no longer") {
  Desk desk;
  const std::string id = desk.Hold(Request(2));
  desk.held.SetPreview(id, PreviewOfOneRow());
  desk.Vote(id, Reviewer("ann"));
  CHECK(desk.held.Get(id)->preview().sample_size() == 1);
  SECTION("approved") { desk.Vote(id, Reviewer("bob")); }
  SECTION("denied") { desk.Vote(id, Reviewer("bob"), false); }
  SECTION("void") { desk.held.Void(id, "the agent went away"); }
  const v1::ImpactPreview after = desk.held.Get(id)->preview();
  CHECK(after.rows() == 1);
  CHECK(after.sample().empty());
  CHECK(after.columns().empty());
  REQUIRE(after.masks_size() == 1);
  CHECK(after.masks(0).find("decided") != std::string::npos);
}

TEST_CASE("every list has a bound") {
  Desk desk({.pending = 3, .pending_per_agent = 2, .statement_bytes = 500, .history = 2});
  const auto refused = [&](v1::Approval approval) {
    const size_t before = desk.resolved.size();
    const bool put_in = !desk.Hold(std::move(approval)).empty();
    return !put_in && desk.resolved.size() == before + 1 && desk.resolved.back().verdict == Decision::VERDICT_VOID;
  };
  v1::Approval large = Request();
  large.set_statement(std::string(600, 'x'));
  CHECK(refused(large));
  v1::Approval nobody = Request();
  nobody.clear_reviewers();
  CHECK(refused(nobody));
  CHECK(refused(Request(99)));
  CHECK_FALSE(refused(Request()));
  CHECK_FALSE(refused(Request()));
  CHECK(refused(Request()));
  CHECK_FALSE(refused(Request(1, "other")));
  CHECK(refused(Request(1, "third")));
  for (const v1::Approval& approval : desk.held.List(State::STATE_PENDING, 10)) desk.held.Void(approval.id(), "x");
  CHECK(desk.held.List(State::STATE_UNSPECIFIED, 10).size() == 2);
  CHECK_FALSE(refused(Request()));
}

TEST_CASE("lists are newest first, of one state, and no longer than asked") {
  Desk desk;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(desk.Hold());
    desk.now += absl::Seconds(1);
  }
  desk.held.Void(ids[1], "x");
  const auto all = desk.held.List(State::STATE_UNSPECIFIED, 2);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id() == ids[2]);
  CHECK(all[1].id() == ids[1]);
  const auto pending = desk.held.List(State::STATE_PENDING, 9);
  REQUIRE(pending.size() == 2);
  CHECK(pending[1].id() == ids[0]);
}

TEST_CASE("a watcher hears what is pending, each change, and nothing after it left") {
  Desk desk;
  const std::string id = desk.Hold(Request(2));
  std::vector<std::pair<State::State, int>> heard;
  const uint64_t ticket =
      desk.held.Watch([&](const v1::Approval& a) { heard.emplace_back(a.state(), a.votes_size()); });
  desk.Vote(id, Reviewer("ann"));
  desk.Vote(id, Reviewer("bob"));
  CHECK(heard == std::vector<std::pair<State::State, int>>{
                     {State::STATE_PENDING, 0}, {State::STATE_PENDING, 1}, {State::STATE_APPROVED, 2}});
  desk.held.Unwatch(ticket);
  desk.Hold();
  CHECK(heard.size() == 3);
}

TEST_CASE("what is pending at the end is void") {
  std::vector<Resolution> resolved;
  FakeJournal journal;
  {
    const auto approvals = MakeApprovals(journal, {});
    approvals->Hold(Request(), absl::Minutes(1), [&](Resolution r) { resolved.push_back(r); });
    CHECK(resolved.empty());
  }
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].verdict == Decision::VERDICT_VOID);
}

}  // namespace
}  // namespace postern::approval
