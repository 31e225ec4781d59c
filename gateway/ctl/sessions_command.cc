// posternctl sessions list|show|replay|terminate
#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/replay_text.h"
#include "gateway/ctl/show_session.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/session.grpc.pb.h"

namespace postern::ctl {
namespace {

struct ListFlags {
  std::string agent;
  std::string target;
  std::string task_id;
  std::string state = "all";
  uint32_t limit = 0;
};

ExitCode List(Invocation& invocation, const Client& client, const ListFlags& flags) {
  v1::ListSessionsRequest request;
  request.set_agent(flags.agent);
  request.set_target(flags.target);
  request.set_task_id(flags.task_id);
  request.set_limit(flags.limit);
  request.set_state(static_cast<v1::Session::State>(
      EnumFromWord(*v1::Session::State_descriptor(), flags.state).value_or(v1::Session::STATE_UNSPECIFIED)));
  v1::ListSessionsResponse listed;
  const grpc::Status called = v1::Sessions::NewStub(client.channel())->List(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::Session& session : listed.sessions()) array.push_back(ToJson(session));
    invocation.out() << Pretty(array) << '\n';
  } else if (listed.sessions().empty()) {
    invocation.out() << "No sessions.\n";
  } else {
    ListSessions(listed.sessions(), invocation.out());
  }
  return kOk;
}

ExitCode Show(Invocation& invocation, const Client& client, const std::string& id) {
  v1::GetSessionRequest request;
  request.set_id(id);
  v1::SessionDetail detail;
  const grpc::Status called = v1::Sessions::NewStub(client.channel())->Get(client.Call().get(), request, &detail);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(SessionJson(detail)) << '\n';
  } else {
    ShowSession(detail, invocation.out());
  }
  return kOk;
}

// JSON is one object per line, so that a long session need not fit into memory.
ExitCode Replay(Invocation& invocation, const Client& client, const std::string& id) {
  v1::ReplaySessionRequest request;
  request.set_id(id);
  const auto context = client.Stream();
  const auto stub = v1::Sessions::NewStub(client.channel());
  const auto stream = stub->Replay(context.get(), request);
  v1::Record record;
  int64_t start_unix_us = 0;
  while (invocation.out().good() && stream->Read(&record)) {
    if (start_unix_us == 0) start_unix_us = record.at_unix_us();
    if (invocation.json()) {
      invocation.out() << Line(RecordJson(record)) << '\n';
    } else {
      TellRecord(record, start_unix_us, invocation.out());
    }
  }
  if (!invocation.out().good()) context->TryCancel();
  invocation.out().flush();
  const grpc::Status ended = stream->Finish();
  return ended.ok() ? kOk : invocation.Fail(ended, client);
}

ExitCode Terminate(Invocation& invocation, const Client& client, const std::string& id, const std::string& reason) {
  v1::TerminateSessionRequest request;
  request.set_id(id);
  request.set_reason(reason);
  v1::TerminateSessionResponse response;
  const grpc::Status called =
      v1::Sessions::NewStub(client.channel())->Terminate(client.Call().get(), request, &response);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty({{"id", id}, {"terminated", true}}) << '\n';
  } else {
    invocation.out() << "Ending " << id << "; `posternctl sessions show " << id
                     << "` has the proof that its door closed.\n";
  }
  return kOk;
}

void AddList(CLI::App& sessions, Invocation& invocation) {
  CLI::App* command = sessions.add_subcommand("list", "List sessions, newest first");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("--agent", flags->agent, "Of this agent");
  command->add_option("--target", flags->target, "At this target");
  command->add_option("--task", flags->task_id, "Of this task");
  command->add_option("--state", flags->state, "live, closing, closed or all (the default)")
      ->check(CLI::IsMember({"live", "closing", "closed", "all"}));
  command->add_option("--limit", flags->limit, "At most so many; 100 if absent")->check(CLI::Range(1, 1000));
  command->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return List(invocation, client, *flags); });
  });
}

using OneSession = ExitCode (*)(Invocation&, const Client&, const std::string&);

CLI::App* AddOne(CLI::App& sessions, Invocation& invocation, const char* name, const char* help, OneSession run) {
  CLI::App* command = sessions.add_subcommand(name, help);
  auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "The session's id, ses_…")->required();
  command->callback([&invocation, id, run] {
    invocation.ChooseCall([&invocation, id, run](const Client& client) { return run(invocation, client, *id); });
  });
  return command;
}

}  // namespace

void AddSessions(CLI::App& app, Invocation& invocation) {
  CLI::App* sessions = app.add_subcommand("sessions", "See, replay and end sessions");
  sessions->require_subcommand(1);
  AddList(*sessions, invocation);
  AddOne(*sessions, invocation, "show", "Show one: statements, outcomes, doors and the proof of close", Show);
  CLI::App* replay = AddOne(*sessions, invocation, "replay", "Tell every record of one, oldest first", Replay);
  replay->add_flag("--instant")->description("All at once, not at the session's own pace (the default)");

  CLI::App* terminate = sessions->add_subcommand("terminate", "End a live session; its door closes (role admin)");
  auto id = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  terminate->add_option("id", *id, "The session's id, ses_…")->required();
  terminate->add_option("--reason", *reason, "Why, for the record");
  terminate->callback([&invocation, id, reason] {
    invocation.ChooseCall(
        [&invocation, id, reason](const Client& client) { return Terminate(invocation, client, *id, *reason); });
  });
}

}  // namespace postern::ctl
