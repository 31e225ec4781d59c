#include "gateway/frontend/live_sessions.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/frontend/admission.h"

namespace postern::frontend {
namespace {

LiveSessions::Entry Entry(const std::string& id, uint32_t connection_id, const std::string& agent) {
  return {.session_id = id,
          .connection_id = connection_id,
          .agent = agent,
          .target = "orders",
          .identity_id = "tok_" + agent,
          .end = [](std::string) {},
          .interrupt = [] {}};
}

TEST_CASE("limits hold per gateway, per agent and per target, at and above the bound") {
  LiveSessions live({.sessions = 3, .sessions_per_agent = 2});
  CHECK(live.Add(Entry("a", 1, "bot"), 2).ok());
  CHECK(live.Add(Entry("b", 2, "bot"), 2).ok());
  CHECK(absl::IsResourceExhausted(live.Add(Entry("c", 3, "bot"), 9)));
  CHECK(absl::IsResourceExhausted(live.Add(Entry("d", 4, "other"), 0)));
  CHECK(live.Add(Entry("e", 5, "other"), 1).ok());
  CHECK(absl::IsResourceExhausted(live.Add(Entry("f", 6, "third"), 1)));
  live.Remove("a");
  CHECK(live.Add(Entry("f", 6, "third"), 1).ok());
}

TEST_CASE("sessions of a task are counted and ended together, apart from those without one") {
  LiveSessions live({});
  std::vector<std::string> ended;
  const auto add = [&](const std::string& id, const std::string& task_id, size_t at_once) {
    auto entry = Entry(id, 1, "bot");
    entry.task_id = task_id;
    entry.end = [&ended, id](const std::string& why) { ended.push_back(id + " " + why); };
    return live.Add(entry, at_once);
  };
  CHECK(add("a", "tsk_1", 2).ok());
  CHECK(add("b", "tsk_1", 2).ok());
  CHECK(absl::IsResourceExhausted(add("c", "tsk_1", 2)));
  CHECK(add("d", "tsk_2", 1).ok());
  CHECK(absl::IsResourceExhausted(add("e", "", 3)));
  CHECK(add("e", "", 4).ok());
  CHECK(live.EndByTask("tsk_1", "deadline") == 2);
  CHECK(ended == std::vector<std::string>{"a deadline", "b deadline"});
  CHECK(live.EndByTask("", "deadline") == 0);
}

TEST_CASE("a KILL finds only the agent's own session, by either id, and never guesses") {
  LiveSessions live({});
  REQUIRE(live.Add(Entry("a", 100, "bot"), 9).ok());
  REQUIRE(live.Add(Entry("b", 200, "bot"), 9).ok());
  REQUIRE(live.Add(Entry("c", 300, "other"), 9).ok());
  live.SetThreadId("a", 7);
  CHECK(live.FindForKill(100, "bot", "orders")->session_id == "a");
  CHECK(live.FindForKill(7, "bot", "orders")->session_id == "a");
  CHECK_FALSE(live.FindForKill(300, "bot", "orders"));
  CHECK_FALSE(live.FindForKill(100, "bot", "elsewhere"));
  CHECK_FALSE(live.FindForKill(0, "bot", "orders"));
  live.SetThreadId("b", 100);
  CHECK_FALSE(live.FindForKill(100, "bot", "orders"));
}

TEST_CASE("ending by identity reaches all of its sessions and no other") {
  LiveSessions live({});
  std::vector<std::string> ended;
  for (const char* id : {"a", "b"}) {
    auto entry = Entry(id, 1, "bot");
    entry.end = [&ended, id](const std::string&) { ended.emplace_back(id); };
    REQUIRE(live.Add(entry, 9).ok());
  }
  auto other = Entry("c", 2, "other");
  other.end = [&ended](const std::string&) { ended.emplace_back("c"); };
  REQUIRE(live.Add(other, 9).ok());
  CHECK(live.EndByIdentity("tok_bot", "revoked") == 2);
  CHECK(ended == std::vector<std::string>{"a", "b"});
}

TEST_CASE("sessions whose proof of identity is worth nothing any more are ended, and no others") {
  LiveSessions live({});
  std::vector<std::string> ended;
  for (const char* id : {"a", "b"}) {
    auto entry = Entry(id, 1, "bot");
    entry.end = [&ended, id](const std::string&) { ended.emplace_back(id); };
    entry.still_valid = [id] { return *id == 'a'; };
    REQUIRE(live.Add(entry, 9).ok());
  }
  CHECK(live.EndUnproven("revoked") == 1);
  CHECK(ended == std::vector<std::string>{"b"});
}

TEST_CASE("login names split at the first plus") {
  CHECK(SplitLoginName("bot+orders").agent == "bot");
  CHECK(SplitLoginName("bot+orders").target == "orders");
  CHECK(SplitLoginName("bot").target.empty());
  CHECK(SplitLoginName("+orders").agent.empty());
}

}  // namespace
}  // namespace postern::frontend
