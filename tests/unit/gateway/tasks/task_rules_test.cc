#include "gateway/tasks/task_rules.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace postern::tasks {
namespace {

v1::StartTaskRequest Good() {
  v1::StartTaskRequest request;
  request.set_target("orders");
  request.set_reason("nightly report");
  return request;
}

identity::Principal Agent(std::vector<std::string> targets = {}) {
  identity::Principal who;
  who.name = "bot";
  who.kind = v1::PRINCIPAL_KIND_AGENT;
  who.groups = {"robots"};
  who.targets = std::move(targets);
  return who;
}

identity::Principal Person(const std::string& name, std::vector<v1::Role> roles, std::vector<std::string> groups = {}) {
  identity::Principal who;
  who.name = name;
  who.kind = v1::PRINCIPAL_KIND_PERSON;
  who.roles = std::move(roles);
  who.groups = std::move(groups);
  return who;
}

TEST_CASE("every field of a request has its bounds") {
  CHECK(CheckStart(Good()).ok());
  const std::vector<std::function<void(v1::StartTaskRequest&)>> faults = {
      [](auto& r) { r.clear_target(); },
      [](auto& r) { r.set_target("a+b"); },
      [](auto& r) { r.clear_reason(); },
      [](auto& r) { r.set_reason(std::string(513, 'x')); },
      [](auto& r) { r.set_reason("two\nlines"); },
      [](auto& r) { r.set_ttl_seconds(-1); },
      [](auto& r) { r.set_agent("a b"); },
      [](auto& r) { r.add_groups(""); },
      [](auto& r) { r.set_sponsor("ann <x>"); },
      [](auto& r) { r.set_run_id(std::string(129, 'x')); },
      [](auto& r) { (*r.mutable_labels())[""] = "x"; },
      [](auto& r) { (*r.mutable_labels())["k"] = std::string(257, 'x'); },
      [](auto& r) { for (int i = 0; i < 17; ++i) (*r.mutable_labels())["k" + std::to_string(i)] = "x"; },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    INFO(i);
    v1::StartTaskRequest request = Good();
    faults[i](request);
    CHECK(absl::IsInvalidArgument(CheckStart(request)));
  }
}

TEST_CASE("an agent asks for itself at its token's targets, an admin for an agent, and nobody else") {
  CHECK(ForWhom(Good(), Agent())->agent == "bot");
  CHECK(ForWhom(Good(), Agent())->groups == std::vector<std::string>{"robots"});
  CHECK(ForWhom(Good(), Agent({"orders"})).ok());
  CHECK(absl::IsPermissionDenied(ForWhom(Good(), Agent({"other"})).status()));
  v1::StartTaskRequest other = Good();
  other.set_agent("eve");
  other.add_groups("readers");
  CHECK(absl::IsPermissionDenied(ForWhom(other, Agent()).status()));
  CHECK(absl::IsPermissionDenied(ForWhom(other, Person("rita", {v1::ROLE_REVIEWER})).status()));
  CHECK(ForWhom(other, Person("ada", {v1::ROLE_ADMIN}))->groups == std::vector<std::string>{"readers"});
  CHECK(absl::IsInvalidArgument(ForWhom(Good(), Person("ada", {v1::ROLE_ADMIN})).status()));
}

TEST_CASE("a task is as long as was asked for and never longer than policy lets it") {
  policy::AccessTerms terms;
  terms.max_ttl = absl::Minutes(30);
  CHECK(*TtlOf(0, terms) == absl::Minutes(30));
  CHECK(*TtlOf(20, terms) == absl::Seconds(20));
  CHECK(absl::IsInvalidArgument(TtlOf(1801, terms).status()));
  CHECK(absl::IsInvalidArgument(TtlOf(INT64_MAX, terms).status()));
}

TEST_CASE("agents see their own tasks at their token's targets") {
  v1::Task task;
  task.set_agent("bot");
  task.set_target("orders");
  CHECK(MaySee(task, Agent()));
  CHECK(MaySee(task, Agent({"orders"})));
  CHECK_FALSE(MaySee(task, Agent({"other"})));
  task.set_agent("eve");
  CHECK_FALSE(MaySee(task, Agent()));
  CHECK(MaySee(task, Person("axel", {v1::ROLE_AUDITOR})));
}

TEST_CASE("what reviewers approved only they extend, and never their own") {
  policy::AccessTerms terms;
  v1::Task task;
  task.set_requester("bot");
  task.set_sponsor("ann");
  CHECK(MayExtend(task, terms, Agent()).ok());
  task.set_approval_id("apr_1");
  terms.approval.reviewers = {"dba"};
  CHECK_FALSE(MayExtend(task, terms, Agent()).ok());
  CHECK(MayExtend(task, terms, Person("rita", {v1::ROLE_REVIEWER}, {"dba"})).ok());
  CHECK_FALSE(MayExtend(task, terms, Person("rita", {v1::ROLE_REVIEWER}, {"ops"})).ok());
  CHECK_FALSE(MayExtend(task, terms, Person("ada", {v1::ROLE_ADMIN}, {"dba"})).ok());
  CHECK_FALSE(MayExtend(task, terms, Person("ann", {v1::ROLE_REVIEWER}, {"dba"})).ok());
}

}  // namespace
}  // namespace postern::tasks
