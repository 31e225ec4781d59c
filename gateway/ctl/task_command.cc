// posternctl task start|end|list|show|extend
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "common/config/units.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/show_task.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/task.grpc.pb.h"

namespace postern::ctl {
namespace {

constexpr absl::Duration kAskEvery = absl::Milliseconds(500);

struct StartFlags {
  std::string target;
  std::string reason;
  std::string ttl;
  std::string agent;
  std::string sponsor;
  std::string run_id;
  std::vector<std::string> groups;
  std::vector<std::string> labels;
  bool no_wait = false;
};

struct ListFlags {
  std::string agent;
  std::string target;
  std::string state = "all";
  uint32_t limit = 0;
};

// 0 for nothing; none for what is no duration of a second or more.
std::optional<int64_t> SecondsOf(const std::string& ttl) {
  if (ttl.empty()) return 0;
  const auto parsed = config::ParseDuration(ttl);
  if (!parsed.has_value() || *parsed < absl::Seconds(1)) return std::nullopt;
  return absl::ToInt64Seconds(*parsed);
}

ExitCode BadTtl(Invocation& invocation, const std::string& ttl) {
  return invocation.Usage("--ttl: expected a duration such as 30m or 20s, got " + ttl);
}

// Waits until a reviewer has decided; the task's state tells how.
grpc::Status AwaitDecision(Invocation& invocation, const Client& client, v1::Task& task) {
  if (task.state() == v1::Task::STATE_REQUESTED) {
    invocation.err() << "Waiting for approval " << task.approval_id() << " …" << std::endl;
  }
  const auto stub = v1::Tasks::NewStub(client.channel());
  v1::GetTaskRequest request;
  request.set_id(task.id());
  while (task.state() == v1::Task::STATE_REQUESTED) {
    absl::SleepFor(kAskEvery);
    const grpc::Status called = stub->Get(client.Call().get(), request, &task);
    if (!called.ok()) return called;
  }
  return grpc::Status::OK;
}

ExitCode Start(Invocation& invocation, const Client& client, const StartFlags& flags) {
  const auto ttl_seconds = SecondsOf(flags.ttl);
  if (!ttl_seconds) return BadTtl(invocation, flags.ttl);
  v1::StartTaskRequest request;
  request.set_target(flags.target);
  request.set_reason(flags.reason);
  request.set_ttl_seconds(*ttl_seconds);
  request.set_agent(flags.agent);
  request.set_sponsor(flags.sponsor);
  request.set_run_id(flags.run_id);
  for (const std::string& group : flags.groups) request.add_groups(group);
  for (const std::string& label : flags.labels) {
    const size_t equals = label.find('=');
    if (equals == 0 || equals == std::string::npos) return invocation.Usage("--label: expected KEY=VALUE, got " + label);
    (*request.mutable_labels())[label.substr(0, equals)] = label.substr(equals + 1);
  }
  v1::StartTaskResponse started;
  grpc::Status called = v1::Tasks::NewStub(client.channel())->Start(client.Call().get(), request, &started);
  if (called.ok() && !flags.no_wait) called = AwaitDecision(invocation, client, *started.mutable_task());
  if (!called.ok()) return invocation.Fail(called, client);
  if (started.host().empty()) started.set_host(HostOf(client.api()));
  if (started.task().state() == v1::Task::STATE_REFUSED) {
    return invocation.Fail({grpc::StatusCode::FAILED_PRECONDITION, "task " + started.task().id() + " was refused: " +
                                                                     started.task().ended_because()}, client);
  }
  if (invocation.json()) {
    invocation.out() << Pretty(StartedJson(started)) << '\n';
  } else {
    ShowStarted(started, absl::Now(), invocation.out());
  }
  return kOk;
}

ExitCode List(Invocation& invocation, const Client& client, const ListFlags& flags) {
  v1::ListTasksRequest request;
  request.set_agent(flags.agent);
  request.set_target(flags.target);
  request.set_limit(flags.limit);
  request.set_state(static_cast<v1::Task::State>(
      EnumFromWord(*v1::Task::State_descriptor(), flags.state).value_or(v1::Task::STATE_UNSPECIFIED)));
  v1::ListTasksResponse listed;
  const grpc::Status called = v1::Tasks::NewStub(client.channel())->List(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::Task& task : listed.tasks()) array.push_back(ToJson(task));
    invocation.out() << Pretty(array) << '\n';
  } else if (listed.tasks().empty()) {
    invocation.out() << "No tasks.\n";
  } else {
    ListTasks(listed.tasks(), absl::Now(), invocation.out());
  }
  return kOk;
}

ExitCode Tell(Invocation& invocation, const Client& client, const grpc::Status& called, const v1::Task& task) {
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(task)) << '\n';
  } else {
    ShowTask(task, absl::Now(), invocation.out());
  }
  return kOk;
}

ExitCode Show(Invocation& invocation, const Client& client, const std::string& id) {
  v1::GetTaskRequest request;
  request.set_id(id);
  v1::Task task;
  return Tell(invocation, client, v1::Tasks::NewStub(client.channel())->Get(client.Call().get(), request, &task), task);
}

ExitCode End(Invocation& invocation, const Client& client, const std::string& id, const std::string& reason) {
  v1::EndTaskRequest request;
  request.set_id(id);
  request.set_reason(reason);
  v1::Task task;
  return Tell(invocation, client, v1::Tasks::NewStub(client.channel())->End(client.Call().get(), request, &task), task);
}

ExitCode Extend(Invocation& invocation, const Client& client, const std::string& id, const std::string& ttl,
                const std::string& reason) {
  const auto ttl_seconds = SecondsOf(ttl);
  if (!ttl_seconds) return BadTtl(invocation, ttl);
  v1::ExtendTaskRequest request;
  request.set_id(id);
  request.set_ttl_seconds(*ttl_seconds);
  request.set_reason(reason);
  v1::Task task;
  return Tell(invocation, client, v1::Tasks::NewStub(client.channel())->Extend(client.Call().get(), request, &task), task);
}

void AddStart(CLI::App& tasks, Invocation& invocation) {
  CLI::App* command = tasks.add_subcommand("start", "Open a door for a task; its password is shown once");
  auto flags = std::make_shared<StartFlags>();
  command->add_option("--target", flags->target, "Target to open")->required();
  command->add_option("--reason", flags->reason, "What the task is for: reviewers and the record see it")->required();
  command->add_option("--ttl", flags->ttl, "How long it stays open, such as 30m; as long as policy lets it if absent");
  command->add_option("--agent", flags->agent, "For people (role admin): the agent it is for");
  command->add_option("--group", flags->groups, "For people: a group of that agent; may be repeated")->allow_extra_args(false);
  command->add_option("--sponsor", flags->sponsor, "The person who answers for it, and cannot approve it");
  command->add_option("--run-id", flags->run_id, "The agent's own name for its run");
  command->add_option("--label", flags->labels, "KEY=VALUE to find it by: model, tool, ticket; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--no-wait", flags->no_wait, "Do not wait for a reviewer; the password is good once one approves");
  command->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return Start(invocation, client, *flags); });
  });
}

void AddList(CLI::App& tasks, Invocation& invocation) {
  CLI::App* command = tasks.add_subcommand("list", "List tasks, newest first");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("--agent", flags->agent, "Of this agent");
  command->add_option("--target", flags->target, "At this target");
  command->add_option("--state", flags->state, "requested, open, closing, ended, refused or all (the default)")
      ->check(CLI::IsMember({"requested", "open", "closing", "ended", "refused", "all"}));
  command->add_option("--limit", flags->limit, "At most so many; 100 if absent")->check(CLI::Range(1, 1000));
  command->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return List(invocation, client, *flags); });
  });
}

}  // namespace

void AddTasks(CLI::App& app, Invocation& invocation) {
  CLI::App* tasks = app.add_subcommand("task", "Open, see, extend and end tasks (agents: their own)");
  tasks->require_subcommand(1);
  AddStart(*tasks, invocation);
  AddList(*tasks, invocation);

  CLI::App* show = tasks->add_subcommand("show", "Show one: what it is for, what it used up, what became of its doors");
  auto id = std::make_shared<std::string>();
  show->add_option("id", *id, "The task's id, tsk_…")->required();
  show->callback([&invocation, id] {
    invocation.ChooseCall([&invocation, id](const Client& client) { return Show(invocation, client, *id); });
  });

  auto reason = std::make_shared<std::string>();
  CLI::App* end = tasks->add_subcommand("end", "End one and its sessions (agents, or role reviewer or admin)");
  end->add_option("id", *id, "The task's id, tsk_…")->required();
  end->add_option("--reason", *reason, "Why, for the record");
  end->callback([&invocation, id, reason] {
    invocation.ChooseCall([&invocation, id, reason](const Client& client) { return End(invocation, client, *id, *reason); });
  });

  auto ttl = std::make_shared<std::string>();
  CLI::App* extend = tasks->add_subcommand("extend", "Move the deadline of an open one, as far as policy lets it");
  extend->add_option("id", *id, "The task's id, tsk_…")->required();
  extend->add_option("--ttl", *ttl, "How long it stays open from now on, such as 30m")->required();
  extend->add_option("--reason", *reason, "Why, for the record");
  extend->callback([&invocation, id, ttl, reason] {
    invocation.ChooseCall(
        [&invocation, id, ttl, reason](const Client& client) { return Extend(invocation, client, *id, *ttl, *reason); });
  });
}

}  // namespace postern::ctl
