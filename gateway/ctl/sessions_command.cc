// posternctl sessions list|show|replay|export|terminate
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/export.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/replay_text.h"
#include "gateway/ctl/session_filter.h"
#include "gateway/ctl/show_session.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/session.grpc.pb.h"

namespace postern::ctl {
namespace {

ExitCode List(Invocation& invocation, const Client& client, const SessionFilter& filter) {
  const auto request = ToRequest(filter, absl::Now());
  if (!request.ok()) return invocation.Usage(std::string(request.status().message()));
  v1::ListSessionsResponse listed;
  const grpc::Status called = v1::Sessions::NewStub(client.channel())->List(client.Call().get(), *request, &listed);
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

// At the session's own pace, so many times as fast; 0: at once.
void Pace(const v1::Record& record, int64_t& before_unix_us, double speed) {
  const int64_t waited_us = before_unix_us == 0 ? 0 : record.at_unix_us() - before_unix_us;
  before_unix_us = record.at_unix_us();
  if (speed > 0 && waited_us > 0) absl::SleepFor(absl::Microseconds(static_cast<double>(waited_us) / speed));
}

// JSON is one object per line, so that a long session need not fit into memory.
ExitCode Replay(Invocation& invocation, const Client& client, const std::string& id, double speed) {
  v1::ReplaySessionRequest request;
  request.set_id(id);
  const auto context = client.Stream();
  const auto stub = v1::Sessions::NewStub(client.channel());
  const auto stream = stub->Replay(context.get(), request);
  v1::Record record;
  int64_t start_unix_us = 0;
  int64_t before_unix_us = 0;
  while (invocation.out().good() && stream->Read(&record)) {
    if (start_unix_us == 0) start_unix_us = record.at_unix_us();
    Pace(record, before_unix_us, speed);
    if (invocation.json()) {
      invocation.out() << Line(RecordJson(record)) << '\n';
    } else {
      TellRecord(record, start_unix_us, invocation.out());
    }
    if (speed > 0) invocation.out().flush();
  }
  if (!invocation.out().good()) context->TryCancel();
  invocation.out().flush();
  const grpc::Status ended = stream->Finish();
  return ended.ok() ? kOk : invocation.Fail(ended, client);
}

ExitCode Export(Invocation& invocation, const Client& client, const SessionFilter& filter, const std::string& format) {
  const auto sessions = ToRequest(filter, absl::Now());
  if (!sessions.ok()) return invocation.Usage(std::string(sessions.status().message()));
  v1::ExportSessionsRequest request;
  *request.mutable_sessions() = *sessions;
  const auto exporter = format == "csv"    ? ExportCsv(invocation.out())
                        : format == "ocsf" ? ExportOcsf(invocation.out())
                                           : ExportJsonl(invocation.out());
  const auto context = client.Stream();
  const auto stub = v1::Sessions::NewStub(client.channel());
  const auto stream = stub->Export(context.get(), request);
  for (v1::Record record; invocation.out().good() && stream->Read(&record);) exporter->Add(record);
  exporter->Finish();
  if (!invocation.out().good()) context->TryCancel();
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
  auto filter = std::make_shared<SessionFilter>();
  AddOptions(*command, *filter);
  command->add_option("--limit", filter->limit, "At most so many; 100 if absent")->check(CLI::Range(1, 1000));
  command->callback([&invocation, filter] {
    invocation.ChooseCall([&invocation, filter](const Client& client) { return List(invocation, client, *filter); });
  });
}

void AddExport(CLI::App& sessions, Invocation& invocation) {
  CLI::App* command = sessions.add_subcommand("export", "Write the records of sessions for other programs");
  auto filter = std::make_shared<SessionFilter>();
  auto format = std::make_shared<std::string>("jsonl");
  AddOptions(*command, *filter);
  command->add_option("--limit", filter->limit, "At most so many sessions; all of them if absent")->check(CLI::Range(1, 1000));
  command->add_option("--format", *format, "jsonl (the default), csv, or ocsf: OCSF 1.3.0, Datastore Activity")
      ->check(CLI::IsMember({"jsonl", "csv", "ocsf"}));
  command->callback([&invocation, filter, format] {
    invocation.ChooseCall(
        [&invocation, filter, format](const Client& client) { return Export(invocation, client, *filter, *format); });
  });
}

void AddReplay(CLI::App& sessions, Invocation& invocation) {
  CLI::App* command = sessions.add_subcommand("replay", "Tell every record of one, oldest first");
  auto id = std::make_shared<std::string>();
  auto speed = std::make_shared<double>(0);
  command->add_option("id", *id, "The session's id, ses_…")->required();
  auto* paced = command->add_option("--speed", *speed, "At the session's own pace, so many times as fast: 1 as it was, 10 ten times")
                    ->check(CLI::Range(0.001, 1e6));
  command->add_flag("--instant")->description("All at once (the default)")->excludes(paced);
  command->callback([&invocation, id, speed] {
    invocation.ChooseCall([&invocation, id, speed](const Client& client) { return Replay(invocation, client, *id, *speed); });
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
  AddReplay(*sessions, invocation);
  AddExport(*sessions, invocation);

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
