// posternctl status
#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/admin.grpc.pb.h"

namespace postern::ctl {
namespace {

void PrintWhole(const v1::Status& status, std::ostream& out) {
  Sheet sheet;
  sheet.Add("gateway", status.version() + ", since " + TableTime(status.started_at_unix_ms()));
  sheet.Add("journal",
            status.journal_writable() ? "writable" : "NOT WRITABLE, statements are refused: " + status.journal_error());
  sheet.Add("policy", status.policy_version());
  sheet.Add("now", Count(status.sessions(), "session") + ", " + Count(status.doors(), "open door") + ", " +
                       Count(status.held(), "statement") + " held");
  sheet.Print(out);
}

void PrintTargets(const v1::Status& status, std::ostream& out) {
  Table table({"TARGET", "READY", "SERVER", "RELAYS", "ERROR"});
  for (const v1::TargetStatus& target : status.targets()) {
    table.Add({target.name(), target.ready() ? "yes" : "NO", ServerText(target.server()), Joined(target.relays()),
               target.error()});
  }
  out << '\n';
  table.Print(out);
}

void PrintRelays(const v1::Status& status, std::ostream& out) {
  Table table({"RELAY", "VERSION", "CONNECTED", "TARGETS", "DOORS"});
  for (const v1::RelayStatus& relay : status.relays()) {
    table.Add({relay.name(), relay.version(), TableTime(relay.connected_at_unix_ms()), Joined(relay.targets()),
               std::to_string(relay.doors())});
  }
  out << '\n';
  table.Print(out);
}

ExitCode ShowStatus(Invocation& invocation, const Client& client) {
  v1::Status status;
  const grpc::Status called =
      v1::Admin::NewStub(client.channel())->GetStatus(client.Call().get(), v1::GetStatusRequest(), &status);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(status)) << '\n';
    return kOk;
  }
  PrintWhole(status, invocation.out());
  if (!status.targets().empty()) PrintTargets(status, invocation.out());
  if (status.relays().empty()) {
    invocation.out() << "\nNo relay is connected: no door can be opened.\n";
  } else {
    PrintRelays(status, invocation.out());
  }
  return kOk;
}

}  // namespace

void AddStatus(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("status", "Show the gateway's health, its relays and targets");
  command->callback([&invocation] {
    invocation.ChooseCall([&invocation](const Client& client) { return ShowStatus(invocation, client); });
  });
}

}  // namespace postern::ctl
