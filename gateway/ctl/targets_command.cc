// posternctl targets list|refresh
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/admin.grpc.pb.h"

namespace postern::ctl {
namespace {

std::string AgeOf(const v1::CatalogStatus& catalog) {
  if (catalog.captured_at_unix_ms() == 0) return "-";
  return Span(std::max(absl::ZeroDuration(), absl::Now() - absl::FromUnixMillis(catalog.captured_at_unix_ms())));
}

void AddRow(const v1::TargetStatus& target, Table& table) {
  const v1::CatalogStatus& catalog = target.catalog();
  const bool known = catalog.generation() != 0;
  const auto number = [&](uint64_t value) { return known ? std::to_string(value) : "-"; };
  table.Add({target.name(), target.ready() ? "yes" : "NO", ServerText(target.server()), number(catalog.generation()),
             AgeOf(catalog), number(catalog.relations()), number(catalog.columns()), number(catalog.routines()),
             number(catalog.hidden_definitions()), target.error().empty() ? catalog.error() : target.error()});
}

ExitCode List(Invocation& invocation, const Client& client) {
  v1::Status status;
  const grpc::Status called =
      v1::Admin::NewStub(client.channel())->GetStatus(client.Call().get(), v1::GetStatusRequest(), &status);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::TargetStatus& target : status.targets()) array.push_back(ToJson(target));
    invocation.out() << Pretty(array) << '\n';
    return kOk;
  }
  Table table({"TARGET", "READY", "SERVER", "CATALOG", "AGE", "TABLES", "COLUMNS", "ROUTINES", "HIDDEN", "ERROR"});
  for (const v1::TargetStatus& target : status.targets()) AddRow(target, table);
  table.Print(invocation.out());
  return kOk;
}

ExitCode Refresh(Invocation& invocation, const Client& client, const std::string& target) {
  v1::RefreshCatalogRequest request;
  request.set_target(target);
  v1::CatalogStatus catalog;
  const grpc::Status called =
      v1::Admin::NewStub(client.channel())->RefreshCatalog(client.Call().get(), request, &catalog);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(catalog)) << '\n';
    return kOk;
  }
  Sheet sheet;
  sheet.Add("catalog", std::to_string(catalog.generation()) + ", read at " + TableTime(catalog.captured_at_unix_ms()));
  sheet.Add("holds", Count(catalog.schemas(), "schema") + ", " + Count(catalog.relations(), "table") + ", " +
                         Count(catalog.columns(), "column") + ", " + Count(catalog.routines(), "routine") + ", " +
                         Count(catalog.triggers(), "trigger"));
  sheet.Add("hidden", Count(catalog.hidden_definitions(), "definition"));
  sheet.Add("memory", std::to_string(catalog.memory_bytes() / 1024) + " KiB");
  sheet.Print(invocation.out());
  return kOk;
}

}  // namespace

void AddTargets(CLI::App& app, Invocation& invocation) {
  CLI::App* targets = app.add_subcommand("targets", "List targets and what is known of their schemas");
  targets->require_subcommand(1);
  CLI::App* list = targets->add_subcommand("list", "List targets, with the generation, age and size of their catalogs");
  list->callback([&invocation] {
    invocation.ChooseCall([&invocation](const Client& client) { return List(invocation, client); });
  });

  CLI::App* refresh =
      targets->add_subcommand("refresh", "Have a target's schema read again, and wait for it (role admin)");
  auto target = std::make_shared<std::string>();
  refresh->add_option("target", *target, "The target's name")->required();
  refresh->callback([&invocation, target] {
    invocation.ChooseCall([&invocation, target](const Client& client) { return Refresh(invocation, client, *target); });
  });
}

}  // namespace postern::ctl
