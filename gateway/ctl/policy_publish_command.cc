// posternctl policy apply|versions|rollback: which policy is in force at the gateway.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/json.h"
#include "gateway/ctl/policy_commands.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "gateway/policy/load_rules.h"
#include "proto/postern/v1/policy.grpc.pb.h"

namespace postern::ctl {
namespace {

struct ApplyFlags {
  std::string file;
  std::string reason;
  std::string base_version;
};

ExitCode TellApplied(Invocation& invocation, const v1::PolicyVersion& version) {
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(version)) << '\n';
  } else {
    invocation.out() << "Version " << OneLine(version.version()) << " is in force.\n";
  }
  return kOk;
}

// Checked here first, so that a mistake is told with the file's own name.
ExitCode Apply(Invocation& invocation, const Client& client, const ApplyFlags& flags) {
  const policy::RulesPtr rules = LoadOrTell(invocation, flags.file);
  if (rules == nullptr) return kFailed;
  v1::ApplyPolicyRequest request;
  request.set_text(rules->text);
  request.set_reason(flags.reason);
  request.set_base_version(flags.base_version);
  v1::PolicyVersion version;
  const grpc::Status called = v1::Policy::NewStub(client.channel())->Apply(client.Call().get(), request, &version);
  return called.ok() ? TellApplied(invocation, version) : invocation.Fail(called, client);
}

ExitCode Rollback(Invocation& invocation, const Client& client, const v1::RollbackPolicyRequest& request) {
  v1::PolicyVersion version;
  const grpc::Status called = v1::Policy::NewStub(client.channel())->Rollback(client.Call().get(), request, &version);
  return called.ok() ? TellApplied(invocation, version) : invocation.Fail(called, client);
}

ExitCode Versions(Invocation& invocation, const Client& client, uint32_t limit) {
  v1::ListPolicyVersionsRequest request;
  request.set_limit(limit);
  v1::ListPolicyVersionsResponse listed;
  const grpc::Status called = v1::Policy::NewStub(client.channel())->ListVersions(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::PolicyVersion& version : listed.versions()) array.push_back(ToJson(version));
    invocation.out() << Pretty(array) << '\n';
    return kOk;
  }
  Table table({"", "VERSION", "SINCE", "BY", "REASON"});
  for (const v1::PolicyVersion& version : listed.versions()) {
    table.Add({version.in_force() ? "*" : "", version.version(), TableTime(version.at_unix_ms()),
               version.who().empty() ? "-" : version.who(), version.reason()});
  }
  table.Print(invocation.out());
  return kOk;
}

}  // namespace

void AddPolicyPublish(CLI::App& policy, Invocation& invocation) {
  CLI::App* apply = policy.add_subcommand("apply", "Put a policy in force at the gateway (role admin)");
  auto flags = std::make_shared<ApplyFlags>();
  apply->add_option("file", flags->file, "The policy, YAML")->required();
  apply->add_option("--reason", flags->reason, "Why, for the list of versions and the record");
  apply->add_option("--if-version", flags->base_version, "Only if this version is in force");
  apply->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return Apply(invocation, client, *flags); });
  });

  CLI::App* versions = policy.add_subcommand("versions", "List the policies that were in force, newest first");
  auto limit = std::make_shared<uint32_t>(0);
  versions->add_option("--limit", *limit, "At most so many; 100 if absent")->check(CLI::Range(1, 1000));
  versions->callback([&invocation, limit] {
    invocation.ChooseCall([&invocation, limit](const Client& client) { return Versions(invocation, client, *limit); });
  });

  CLI::App* rollback = policy.add_subcommand("rollback", "Put an earlier version in force again (role admin)");
  auto words = std::make_shared<std::pair<std::string, std::string>>();
  rollback->add_option("version", words->first, "As `versions` lists it")->required();
  rollback->add_option("--reason", words->second, "Why, for the list of versions and the record");
  rollback->callback([&invocation, words] {
    v1::RollbackPolicyRequest request;
    request.set_version(words->first);
    request.set_reason(words->second);
    invocation.ChooseCall([&invocation, request](const Client& client) { return Rollback(invocation, client, request); });
  });
}

}  // namespace postern::ctl
