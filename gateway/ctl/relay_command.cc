// posternctl relay join-token create, relay list, relay revoke
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/config/units.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/enrolment.grpc.pb.h"

namespace postern::ctl {
namespace {

struct CreateFlags {
  std::string name;
  std::vector<std::string> targets;
  std::string ttl;
};

std::string StateOf(const v1::EnrolledRelay& relay, int64_t now_unix_ms) {
  if (relay.revoked_at_unix_ms() != 0 && relay.token_expires_at_unix_ms() <= now_unix_ms) return "revoked";
  if (relay.token_expires_at_unix_ms() > now_unix_ms) return relay.epoch() == 0 ? "to join" : "to join again";
  if (relay.epoch() == 0) return "never joined";
  return relay.certificate_expires_at_unix_ms() <= now_unix_ms ? "expired" : "joined";
}

ExitCode CreateJoinToken(Invocation& invocation, const Client& client, const CreateFlags& flags) {
  const auto ttl = flags.ttl.empty() ? absl::ZeroDuration() : config::ParseDuration(flags.ttl);
  if (!ttl.has_value() || (!flags.ttl.empty() && *ttl < absl::Seconds(1))) {
    return invocation.Usage("--ttl: expected a duration such as 1h, got " + flags.ttl);
  }
  v1::CreateJoinTokenRequest request;
  request.set_name(flags.name);
  for (const std::string& target : flags.targets) request.add_targets(target);
  request.set_ttl_seconds(absl::ToInt64Seconds(*ttl));
  v1::CreateJoinTokenResponse made;
  const grpc::Status called =
      v1::Enrolment::NewStub(client.channel())->CreateJoinToken(client.Call().get(), request, &made);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    nlohmann::ordered_json json = {{"token", made.token()}};
    json.update(ToJson(made.relay()));
    invocation.out() << Pretty(json) << '\n';
    return kOk;
  }
  Sheet sheet;
  sheet.Add("relay", made.relay().name());
  sheet.Add("targets", Joined(made.relay().token_targets()));
  sheet.Add("expires", TableTime(made.relay().token_expires_at_unix_ms()));
  sheet.Add("token", made.token());
  sheet.Print(invocation.out());
  invocation.out() << "\nIt works once. On the relay's machine, with the token in a file:\n"
                      "  postern-relay join --config relay.yaml --token-file FILE\n";
  return kOk;
}

ExitCode List(Invocation& invocation, const Client& client) {
  v1::ListRelaysResponse listed;
  const grpc::Status called =
      v1::Enrolment::NewStub(client.channel())->ListRelays(client.Call().get(), v1::ListRelaysRequest(), &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::EnrolledRelay& relay : listed.relays()) array.push_back(ToJson(relay));
    invocation.out() << Pretty(array) << '\n';
    return kOk;
  }
  const int64_t now = absl::ToUnixMillis(absl::Now());
  Table table({"NAME", "STATE", "TARGETS", "JOINED", "CERTIFICATE UNTIL", "BY"});
  for (const v1::EnrolledRelay& relay : listed.relays()) {
    const auto& targets = relay.epoch() == 0 ? relay.token_targets() : relay.targets();
    table.Add({relay.name(), StateOf(relay, now), Joined(targets), TableTime(relay.joined_at_unix_ms()),
               TableTime(relay.certificate_expires_at_unix_ms()), relay.created_by()});
  }
  table.empty() ? void(invocation.out() << "No relay was given a join token.\n") : table.Print(invocation.out());
  return kOk;
}

ExitCode Revoke(Invocation& invocation, const Client& client, const v1::RevokeRelayRequest& request) {
  v1::RevokeRelayResponse revoked;
  const grpc::Status called =
      v1::Enrolment::NewStub(client.channel())->RevokeRelay(client.Call().get(), request, &revoked);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty({{"name", request.name()}, {"doors_ended", revoked.doors_ended()}}) << '\n';
  } else {
    invocation.out() << "Revoked " << request.name() << "; " << Count(revoked.doors_ended(), "open door") << " ended.\n";
  }
  return kOk;
}

void AddJoinToken(CLI::App& relay, Invocation& invocation) {
  CLI::App* join_token = relay.add_subcommand("join-token", "Tokens by which relays join");
  join_token->require_subcommand(1);
  CLI::App* create = join_token->add_subcommand("create", "Make a token for one relay; its text is shown once and works once (role admin)");
  auto flags = std::make_shared<CreateFlags>();
  create->add_option("--name", flags->name, "The relay's name, as in its relay.yaml")->required();
  create->add_option("--targets", flags->targets, "Targets it may serve: a,b")->required()->delimiter(',');
  create->add_option("--ttl", flags->ttl, "How long the token is good, such as 1h or 2d; an hour if absent");
  create->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return CreateJoinToken(invocation, client, *flags); });
  });
}

}  // namespace

void AddRelay(CLI::App& app, Invocation& invocation) {
  CLI::App* relay = app.add_subcommand("relay", "Let relays join, list and revoke them");
  relay->require_subcommand(1);
  AddJoinToken(*relay, invocation);

  CLI::App* list = relay->add_subcommand("list", "List the relays that were let join, by name");
  list->callback([&invocation] {
    invocation.ChooseCall([&invocation](const Client& client) { return List(invocation, client); });
  });

  CLI::App* revoke = relay->add_subcommand("revoke", "Cut a relay off at once, with the sessions that go through it (role admin)");
  auto words = std::make_shared<std::pair<std::string, std::string>>();
  revoke->add_option("name", words->first, "The relay's name")->required();
  revoke->add_option("--reason", words->second, "Why, for the record");
  revoke->callback([&invocation, words] {
    v1::RevokeRelayRequest request;
    request.set_name(words->first);
    request.set_reason(words->second);
    invocation.ChooseCall([&invocation, request](const Client& client) { return Revoke(invocation, client, request); });
  });
}

}  // namespace postern::ctl
