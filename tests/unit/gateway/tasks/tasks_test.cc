// Tasks from their request to their end, under a clock that tests move.
#include "gateway/tasks/tasks.h"

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/approval/held_statements.h"
#include "gateway/policy/load_rules.h"
#include "gateway/tasks/task_authenticator.h"
#include "tests/support/memory_task_store.h"
#include "tests/unit/gateway/approval/fake_journal.h"
#include "tests/unit/gateway/approval/people.h"

namespace postern::tasks {
namespace {

constexpr char kPolicy[] = R"(
version: 1
access:
  - { agents: [bot], targets: [orders], open: automatic, max_ttl: 1h, idle: 5m, connections: 2, budgets: { rows: 10 } }
  - { agents: [asker], targets: [orders], open: approval, reviewers: [dba], wait: 10m, max_ttl: 1h }
  - { agents: [shut], targets: [orders], open: refused }
)";

identity::Principal Agent(const std::string& name = "bot") {
  identity::Principal who;
  who.name = name;
  who.kind = v1::PRINCIPAL_KIND_AGENT;
  who.identity_kind = "token";
  who.identity_id = "tok_" + name;
  who.expires_at = absl::InfiniteFuture();
  return who;
}

v1::StartTaskRequest Asking(int64_t ttl_seconds = 0) {
  v1::StartTaskRequest request;
  request.set_target("orders");
  request.set_reason("nightly report");
  request.set_ttl_seconds(ttl_seconds);
  return request;
}

// One life of a gateway over a store that may be another's.
struct Life {
  explicit Life(store::TaskStore& the_store, absl::Time& the_clock) : store(the_store), clock(the_clock) {
    REQUIRE(tasks.Load().ok());
  }

  NewTask Start(const std::string& agent = "bot", int64_t ttl_seconds = 0) {
    auto started = tasks.Start(Asking(ttl_seconds), Agent(agent));
    INFO(started.status());
    REQUIRE(started.ok());
    return *std::move(started);
  }
  v1::Task Now(const v1::Task& task) {
    auto now = tasks.Get(task.id(), Agent(task.agent()));
    REQUIRE(now.ok());
    return *now;
  }
  void After(absl::Duration passed) {
    clock += passed;
    approvals.ExpireDue();
    tasks.Tend();
  }
  void Vote(const v1::Task& task, bool approve, const std::string& who = "dana") {
    approvals.Vote(task.approval_id(), approval::Reviewer(who), approve, "because",
                   [this](const absl::StatusOr<v1::Approval>& vote) { last_vote = vote.status(); });
    tasks.Tend();
  }
  std::vector<v1::TaskEnded> Summaries() const {
    std::vector<v1::TaskEnded> summaries;
    for (const v1::Record& record : journal.records()) {
      if (record.has_task_ended()) summaries.push_back(record.task_ended());
    }
    return summaries;
  }

  store::TaskStore& store;
  absl::Time& clock;
  approval::FakeJournal journal;
  policy::PolicyInForce policy{*policy::ParseRules(kPolicy, "policy.yaml").value, absl::UnixEpoch()};
  approval::HeldStatements approvals{journal, {}, [this] { return clock; }, [](absl::Time) {}};
  std::vector<std::pair<std::string, std::string>> told_to_end;
  absl::Status last_vote;
  std::set<std::string> revoked;
  Tasks tasks{{.store = store,
               .journal = journal,
               .approvals = approvals,
               .policy = policy,
               .targets = {"orders"},
               .end_sessions = [this](const std::string& id, const std::string& why) { told_to_end.emplace_back(id, why); },
               .still_valid = [this](const identity::Principal& who) { return !revoked.contains(who.identity_id); }},
              {.tasks = 3, .tasks_per_agent = 2},
              [this] { return clock; },
              [](absl::Time) {}};
};

struct World {
  store::MemoryTaskStore store;
  absl::Time clock = absl::FromUnixSeconds(1'800'000'000);
  Life life{store, clock};
};

v1::CloseProof ProofOf(const std::string& session, v1::CloseProof::State state) {
  v1::CloseProof proof;
  proof.set_session_id(session);
  proof.set_state(state);
  return proof;
}

TEST_CASE("an open task lets its agent in by its password, until its deadline and not a moment longer") {
  World world;
  const NewTask made = world.life.Start("bot", 20);
  CHECK(made.task.state() == v1::Task::STATE_OPEN);
  CHECK(made.password.starts_with("tsk_"));
  CHECK(made.password.size() <= 79);
  const auto who = world.life.tasks.Authenticate(made.password);
  REQUIRE(who.ok());
  CHECK(who->name == "bot");
  CHECK(who->targets == std::vector<std::string>{"orders"});
  CHECK(who->identity_id == made.task.id());
  CHECK(absl::IsNotFound(world.life.tasks.Authenticate(made.password + "x").status()));
  std::string wrong = made.password;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  CHECK(absl::IsNotFound(world.life.tasks.Authenticate(wrong).status()));

  world.life.After(absl::Seconds(19));
  CHECK(world.life.tasks.Join(made.task.id()).has_value());
  CHECK(world.life.told_to_end.empty());
  world.clock += absl::Seconds(1);
  CHECK(absl::IsFailedPrecondition(world.life.tasks.Authenticate(made.password).status()));
  world.life.After(absl::ZeroDuration());
  CHECK(world.life.told_to_end == std::vector<std::pair<std::string, std::string>>{{made.task.id(), "deadline"}});
  CHECK_FALSE(world.life.tasks.IsOpen(made.task.id()));
  CHECK_FALSE(world.life.tasks.Join(made.task.id()).has_value());
}

TEST_CASE("the summary is written once all doors are proven closed, with what was used up") {
  World world;
  const NewTask made = world.life.Start();
  {
    auto member = world.life.tasks.Join(made.task.id());
    REQUIRE(member.has_value());
    world.life.tasks.ExpectDoor("ses_1", member->task());
    (*member)->CountSession();
    world.life.tasks.CountDoor("ses_1", "relay-1");
    (*member)->CountRefused();
    REQUIRE_FALSE((*member)->budget().BeginStatement());
    (*member)->budget().Take([](const BudgetLeft& left) { return policy::Spending{.rows = left.rows, .bytes = 99}; });
    REQUIRE(world.life.tasks.End(made.task.id(), Agent()).ok());
    CHECK(world.life.told_to_end.back().second == "task ended");
    CHECK(world.life.Now(made.task).state() == v1::Task::STATE_CLOSING);
  }
  world.life.After(absl::Seconds(1));
  CHECK(world.life.Summaries().empty());
  CHECK(world.life.tasks.OnProof("relay-1", ProofOf("ses_1", v1::CloseProof::STATE_UNPROVEN)) == made.task.id());
  CHECK(world.life.tasks.OnProof("relay-1", ProofOf("ses_1", v1::CloseProof::STATE_KILLED)) == made.task.id());
  CHECK(world.life.tasks.OnProof("relay-1", ProofOf("ses_1", v1::CloseProof::STATE_GONE)).empty());
  world.life.After(absl::Seconds(1));
  REQUIRE(world.life.Summaries().size() == 1);
  const v1::TaskEnded summary = world.life.Summaries().front();
  CHECK(summary.reason() == "ended");
  CHECK(summary.ended_by() == "bot");
  CHECK(summary.spent().statements() == 1);
  CHECK(summary.spent().rows() == 10);
  CHECK(summary.refused() == 1);
  CHECK(summary.sessions() == 1);
  CHECK(summary.doors() == 1);
  CHECK(summary.doors_killed() == 1);
  CHECK(summary.doors_unproven() == 0);
  CHECK(world.life.Now(made.task).state() == v1::Task::STATE_ENDED);
  CHECK(absl::IsFailedPrecondition(world.life.tasks.End(made.task.id(), Agent()).status()));
}

TEST_CASE("a proof that does not come is missing in the summary, which comes all the same") {
  World world;
  const NewTask made = world.life.Start();
  {
    auto member = world.life.tasks.Join(made.task.id());
    world.life.tasks.ExpectDoor("ses_1", member->task());
    world.life.tasks.CountDoor("ses_1", "relay-1");
  }
  REQUIRE(world.life.tasks.End(made.task.id(), Agent()).ok());
  world.life.After(absl::Seconds(14));
  CHECK(world.life.Summaries().empty());
  world.life.After(absl::Seconds(1));
  REQUIRE(world.life.Summaries().size() == 1);
  CHECK(world.life.Summaries().front().doors_unproven() == 1);
}

TEST_CASE("a task is idle when none of its sessions does anything") {
  World world;
  const NewTask made = world.life.Start();
  auto member = world.life.tasks.Join(made.task.id());
  world.life.After(absl::Minutes(4));
  (*member)->Busy();
  world.life.After(absl::Minutes(20));
  CHECK(world.life.tasks.IsOpen(made.task.id()));
  (*member)->Rest(world.clock);
  world.life.After(absl::Minutes(4));
  CHECK(world.life.tasks.IsOpen(made.task.id()));
  world.life.After(absl::Minutes(1));
  CHECK(world.life.told_to_end.back().second == "idle");
}

TEST_CASE("a task that needs approval opens when it is given, and its time counts from then") {
  World world;
  const NewTask made = world.life.Start("asker", 60);
  CHECK(made.task.state() == v1::Task::STATE_REQUESTED);
  CHECK(made.task.deadline_unix_ms() == 0);
  CHECK(absl::IsFailedPrecondition(world.life.tasks.Authenticate(made.password).status()));
  world.life.After(absl::Minutes(5));
  world.life.Vote(made.task, true);
  const v1::Task open = world.life.Now(made.task);
  CHECK(open.state() == v1::Task::STATE_OPEN);
  CHECK(open.approved_by() == "dana");
  CHECK(open.deadline_unix_ms() == absl::ToUnixMillis(world.clock + absl::Minutes(1)));
  CHECK(world.life.tasks.Authenticate(made.password).ok());
}

TEST_CASE("neither requester nor sponsor decides, and a denial, silence or an end refuse the task") {
  World world;
  v1::StartTaskRequest request = Asking();
  request.set_sponsor("sam");
  const auto made = world.life.tasks.Start(request, Agent("asker"));
  REQUIRE(made.ok());
  world.life.Vote(made->task, true, "sam");
  CHECK(absl::IsPermissionDenied(world.life.last_vote));
  SECTION("denied") {
    world.life.Vote(made->task, false);
    CHECK(world.life.Now(made->task).ended_because() == "denied by dana: because");
  }
  SECTION("nobody decides") {
    world.life.After(absl::Minutes(10));
    CHECK(world.life.Now(made->task).ended_because() == "nobody approved it in time");
  }
  SECTION("ended before") {
    REQUIRE(world.life.tasks.End(made->task.id(), Agent("asker")).ok());
    world.life.Vote(made->task, true);
    CHECK_FALSE(world.life.last_vote.ok());
  }
  SECTION("policy changed meanwhile") {
    world.life.policy.Replace(*policy::ParseRules("version: 1\n", "p").value, world.clock);
    world.life.Vote(made->task, true);
    CHECK(world.life.Now(made->task).ended_because().find("any more") != std::string::npos);
  }
  world.life.After(absl::Seconds(1));
  CHECK(world.life.Now(made->task).state() == v1::Task::STATE_REFUSED);
  CHECK(absl::IsFailedPrecondition(world.life.tasks.Authenticate(made->password).status()));
  CHECK(world.life.Summaries().size() == 1);
}

TEST_CASE("policy, room, the journal and the store each may refuse a task") {
  World world;
  CHECK(absl::IsPermissionDenied(world.life.tasks.Start(Asking(), Agent("shut")).status()));
  CHECK(absl::IsPermissionDenied(world.life.tasks.Start(Asking(), Agent("stranger")).status()));
  CHECK(absl::IsInvalidArgument(world.life.tasks.Start(Asking(3601), Agent()).status()));
  world.store.FailWith(absl::UnavailableError("disk"));
  CHECK(absl::IsUnavailable(world.life.tasks.Start(Asking(), Agent()).status()));
  world.store.FailWith(absl::OkStatus());
  world.life.journal.FailWith(absl::UnavailableError("disk"));
  CHECK(absl::IsUnavailable(world.life.tasks.Start(Asking(), Agent()).status()));
  world.life.journal.FailWith(absl::OkStatus());
  world.life.Start();
  world.life.Start();
  CHECK(absl::IsResourceExhausted(world.life.tasks.Start(Asking(), Agent()).status()));
  world.life.Start("asker");
  CHECK(absl::IsResourceExhausted(world.life.tasks.Start(Asking(), Agent("asker")).status()));
}

TEST_CASE("a task ends with the token that started it, and no later than that token") {
  World world;
  identity::Principal brief = Agent();
  brief.expires_at = world.clock + absl::Minutes(2);
  const auto made = world.life.tasks.Start(Asking(), brief);
  REQUIRE(made.ok());
  CHECK(made->task.deadline_unix_ms() == absl::ToUnixMillis(brief.expires_at));
  CHECK(world.life.tasks.EndByIdentity("tok_other") == 0);
  CHECK(world.life.tasks.EndByIdentity("tok_bot") == 1);
  CHECK(world.life.told_to_end.back().second == "revoked");
}

TEST_CASE("a task is over when nobody vouches any more for the agent that asked for it") {
  World world;
  const NewTask open = world.life.Start();
  const NewTask asked = world.life.Start("asker");
  world.life.revoked = {"tok_bot", "tok_asker"};
  world.life.After(absl::Seconds(1));
  CHECK(world.life.told_to_end.back() == std::pair<std::string, std::string>(open.task.id(), "revoked"));
  CHECK(absl::IsFailedPrecondition(world.life.tasks.Authenticate(open.password).status()));
  CHECK(world.life.Now(asked.task).state() == v1::Task::STATE_REFUSED);
  world.life.Vote(asked.task, true);
  CHECK_FALSE(world.life.last_vote.ok());
}

TEST_CASE("after a restart a task goes on for a while until somebody can vouch for its agent") {
  World world;
  const NewTask open = world.life.Start();
  Life next{world.store, world.clock};
  next.revoked = {"tok_bot"};
  next.After(absl::Seconds(119));
  CHECK(next.tasks.IsOpen(open.task.id()));
  next.After(absl::Seconds(1));
  CHECK_FALSE(next.tasks.IsOpen(open.task.id()));

  Life third{world.store, world.clock};
  CHECK_FALSE(third.tasks.IsOpen(open.task.id()));
}

TEST_CASE("once somebody has vouched for an agent after a restart there is no more grace") {
  World world;
  const NewTask open = world.life.Start();
  Life next{world.store, world.clock};
  next.After(absl::Seconds(1));
  next.revoked = {"tok_bot"};
  next.After(absl::Seconds(1));
  CHECK_FALSE(next.tasks.IsOpen(open.task.id()));
}

TEST_CASE("what was asked for under other terms is not opened by an approval") {
  World world;
  const NewTask asked = world.life.Start("asker", 60);
  constexpr char kTighter[] = "version: 1\naccess:\n  - { agents: [asker], targets: [orders], open: approval, reviewers: [dba], wait: 10m, max_ttl: 1m }\n";
  world.life.policy.Replace(*policy::ParseRules(kTighter, "policy.yaml").value, world.clock);
  world.life.Vote(asked.task, true);
  CHECK(world.life.Now(asked.task).state() == v1::Task::STATE_REFUSED);
  CHECK(world.life.Now(asked.task).ended_because().find("have changed") != std::string::npos);
}

TEST_CASE("nobody extends a task beyond the token it was started with, after a restart either") {
  World world;
  identity::Principal brief = Agent();
  brief.expires_at = world.clock + absl::Minutes(2);
  const auto made = world.life.tasks.Start(Asking(60), brief);
  REQUIRE(made.ok());
  CHECK(absl::IsInvalidArgument(world.life.tasks.Extend(made->task.id(), absl::Minutes(3), Agent()).status()));
  Life next{world.store, world.clock};
  CHECK(absl::IsInvalidArgument(next.tasks.Extend(made->task.id(), absl::Minutes(3), Agent()).status()));
  CHECK(next.tasks.Extend(made->task.id(), absl::Minutes(2), Agent()).ok());
}

TEST_CASE("only the relay that opened a door proves its close") {
  World world;
  const NewTask made = world.life.Start();
  auto member = world.life.tasks.Join(made.task.id());
  const auto counts = [&] { return world.life.Now(made.task); };
  world.life.tasks.ExpectDoor("ses_1", member->task());
  // Asked first, it knows the session; another one opens the door.
  CHECK(world.life.tasks.OnProof("rogue", ProofOf("ses_1", v1::CloseProof::STATE_GONE)) == made.task.id());
  world.life.tasks.CountDoor("ses_1", "relay-1");
  CHECK(world.life.tasks.OnProof("rogue", ProofOf("ses_1", v1::CloseProof::STATE_GONE)) == made.task.id());
  CHECK(counts().doors() == 1);
  CHECK(counts().doors_gone() == 0);
  CHECK(world.life.tasks.OnProof("relay-1", ProofOf("ses_1", v1::CloseProof::STATE_GONE)) == made.task.id());
  CHECK(counts().doors_gone() == 1);
  // A door that opens after its session gave up is nobody's: its proof counts it.
  world.life.tasks.ExpectDoor("ses_2", member->task());
  world.life.tasks.GiveUpDoor("ses_2");
  CHECK(world.life.tasks.OnProof("relay-2", ProofOf("ses_2", v1::CloseProof::STATE_GONE)) == made.task.id());
  CHECK(counts().doors() == 2);
  CHECK(counts().doors_gone() == 2);
}

TEST_CASE("a deadline moves by Extend alone, within max_ttl of the opening") {
  World world;
  const NewTask made = world.life.Start("bot", 60);
  CHECK(absl::IsInvalidArgument(world.life.tasks.Extend(made.task.id(), absl::Seconds(30), Agent()).status()));
  CHECK(absl::IsInvalidArgument(world.life.tasks.Extend(made.task.id(), absl::Minutes(61), Agent()).status()));
  const auto longer = world.life.tasks.Extend(made.task.id(), absl::Minutes(2), Agent());
  REQUIRE(longer.ok());
  CHECK(longer->deadline_unix_ms() == absl::ToUnixMillis(world.clock + absl::Minutes(2)));
  CHECK(absl::IsNotFound(world.life.tasks.Extend(made.task.id(), absl::Minutes(3), Agent("asker")).status()));
  world.life.After(absl::Seconds(90));
  CHECK(world.life.tasks.IsOpen(made.task.id()));
  world.life.After(absl::Seconds(30));
  CHECK_FALSE(world.life.tasks.IsOpen(made.task.id()));
  CHECK(absl::IsFailedPrecondition(world.life.tasks.Extend(made.task.id(), absl::Minutes(9), Agent()).status()));
}

TEST_CASE("open tasks outlive the gateway, with deadline, budget and password; requested ones do not") {
  World world;
  const NewTask open = world.life.Start("bot", 600);
  const NewTask asked = world.life.Start("asker");
  {
    auto member = world.life.tasks.Join(open.task.id());
    (*member)->budget().Take([](const BudgetLeft&) { return policy::Spending{.rows = 7}; });
  }
  world.life.After(absl::Seconds(1));
  world.clock += absl::Minutes(1);

  Life next{world.store, world.clock};
  next.tasks.Tend();
  CHECK(next.Now(open.task).deadline_unix_ms() == open.task.deadline_unix_ms());
  CHECK(next.tasks.Authenticate(open.password).ok());
  auto member = next.tasks.Join(open.task.id());
  (*member)->budget().Take([](const BudgetLeft& left) {
    CHECK(left.rows == 3);
    return policy::Spending{};
  });
  CHECK(next.Now(asked.task).state() == v1::Task::STATE_REFUSED);
  next.tasks.ExpectProof("ses_old", open.task.id());
  CHECK(next.tasks.OnProof("relay-1", ProofOf("ses_old", v1::CloseProof::STATE_GONE)) == open.task.id());
  next.After(absl::Minutes(10));
  CHECK(next.told_to_end.back().second == "deadline");
}

TEST_CASE("an end takes effect though it cannot be kept, and is kept later") {
  World world;
  const NewTask made = world.life.Start();
  world.store.FailWith(absl::UnavailableError("disk"));
  CHECK_FALSE(world.life.tasks.EndByIdentity("tok_bot") == 0);
  CHECK_FALSE(world.life.tasks.IsOpen(made.task.id()));
  world.store.FailWith(absl::OkStatus());
  world.life.After(absl::Seconds(1));
  CHECK(world.store.Get(made.task.id())->state() == v1::Task::STATE_ENDED);
}

TEST_CASE("agents see their own tasks, people all, and nobody one that is not there") {
  World world;
  const NewTask mine = world.life.Start();
  world.life.Start("asker");
  CHECK(world.life.tasks.List({}, 10, Agent())->size() == 1);
  CHECK(world.life.tasks.List({}, 10, approval::Reviewer("rita"))->size() == 2);
  v1::ListTasksRequest others;
  others.set_agent("asker");
  CHECK(world.life.tasks.List(others, 10, Agent())->empty());
  CHECK(absl::IsNotFound(world.life.tasks.Get(mine.task.id(), Agent("asker")).status()));
  CHECK(absl::IsNotFound(world.life.tasks.Get("tsk_none", approval::Reviewer("rita")).status()));
}

// Knows nobody.
class Nobody final : public identity::Authenticator {
 public:
  absl::StatusOr<identity::Principal> Authenticate(const identity::Proof&, absl::Time) override {
    ++asked;
    return absl::UnauthenticatedError("the access token is not valid");
  }
  bool StillValid(const identity::Principal&, absl::Time) const override { return true; }
  int asked = 0;
};

TEST_CASE("what is no task's password is the other authenticator's, wrong ones too") {
  World world;
  const NewTask made = world.life.Start("bot", 20);
  Nobody nobody;
  TaskAuthenticator authenticator(world.life.tasks, nobody);
  const auto who = authenticator.Authenticate({made.password, "ip"}, world.clock);
  REQUIRE(who.ok());
  CHECK(authenticator.StillValid(*who, world.clock));
  CHECK(nobody.asked == 0);
  CHECK(absl::IsUnauthenticated(authenticator.Authenticate({"tsk_x", "ip"}, world.clock).status()));
  CHECK(absl::IsUnauthenticated(authenticator.Authenticate({"pat_x", "ip"}, world.clock).status()));
  CHECK(nobody.asked == 2);
  REQUIRE(world.life.tasks.End(made.task.id(), Agent()).ok());
  CHECK_FALSE(authenticator.StillValid(*who, world.clock));
  CHECK(absl::IsFailedPrecondition(authenticator.Authenticate({made.password, "ip"}, world.clock).status()));
}

}  // namespace
}  // namespace postern::tasks
