// posternctl tokens create|list|revoke
#include <absl/time/time.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "common/config/units.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/access.grpc.pb.h"

namespace postern::ctl {
namespace {

struct CreateFlags {
  std::string name;
  std::string kind;
  std::string ttl;
  std::vector<std::string> groups;
  std::vector<std::string> roles;
  std::vector<std::string> targets;
};

std::string RoleWords(const v1::Token& token) {
  std::string text;
  for (const int role : token.roles()) text += (text.empty() ? "" : ", ") + Word(static_cast<v1::Role>(role));
  return text;
}

std::string StateOf(const v1::Token& token, int64_t now_unix_ms) {
  if (token.revoked_at_unix_ms() != 0) return "revoked";
  return token.expires_at_unix_ms() <= now_unix_ms ? "expired" : "live";
}

// A role makes a person of it, unless the kind is given.
v1::CreateTokenRequest RequestOf(const CreateFlags& flags, absl::Duration ttl) {
  v1::CreateTokenRequest request;
  request.set_name(flags.name);
  const bool person = flags.kind.empty() ? !flags.roles.empty() : flags.kind == "person";
  request.set_kind(person ? v1::PRINCIPAL_KIND_PERSON : v1::PRINCIPAL_KIND_AGENT);
  for (const std::string& role : flags.roles) {
    request.add_roles(static_cast<v1::Role>(*EnumFromWord(*v1::Role_descriptor(), role)));
  }
  for (const std::string& group : flags.groups) request.add_groups(group);
  for (const std::string& target : flags.targets) request.add_targets(target);
  request.set_ttl_seconds(absl::ToInt64Seconds(ttl));
  return request;
}

void PrintCreated(const v1::CreateTokenResponse& made, std::ostream& out) {
  const v1::Token& token = made.token();
  Sheet sheet;
  sheet.Add("id", token.id());
  sheet.Add("name", token.name() + " (" + Word(token.kind()) + ")");
  if (!token.roles().empty()) sheet.Add("roles", RoleWords(token));
  if (!token.groups().empty()) sheet.Add("groups", Joined(token.groups()));
  if (!token.targets().empty()) sheet.Add("targets", Joined(token.targets()));
  sheet.Add("expires", TableTime(token.expires_at_unix_ms()));
  sheet.Add("token", made.secret());
  sheet.Print(out);
  out << "\nThis is the only time the token is shown: put it where its owner, and nobody else, can read it.\n";
  if (token.kind() == v1::PRINCIPAL_KIND_AGENT) {
    out << "It is the password of the MySQL user " << token.name() << "+TARGET on the gateway's port.\n";
  }
}

ExitCode Create(Invocation& invocation, const Client& client, const CreateFlags& flags) {
  const auto ttl = flags.ttl.empty() ? absl::ZeroDuration() : config::ParseDuration(flags.ttl);
  if (!ttl.has_value() || (!flags.ttl.empty() && *ttl < absl::Seconds(1))) {
    return invocation.Usage("--ttl: expected a duration such as 30d or 12h, got " + flags.ttl);
  }
  v1::CreateTokenResponse made;
  const grpc::Status called =
      v1::Access::NewStub(client.channel())->CreateToken(client.Call().get(), RequestOf(flags, *ttl), &made);
  if (!called.ok()) return invocation.Fail(called, client);
  if (!invocation.json()) {
    PrintCreated(made, invocation.out());
    return kOk;
  }
  nlohmann::ordered_json json = {{"id", made.token().id()}, {"token", made.secret()}};
  json.update(ToJson(made.token()));
  invocation.out() << Pretty(json) << '\n';
  return kOk;
}

ExitCode List(Invocation& invocation, const Client& client, bool all) {
  v1::ListTokensRequest request;
  request.set_include_ended(all);
  v1::ListTokensResponse listed;
  const grpc::Status called = v1::Access::NewStub(client.channel())->ListTokens(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::Token& token : listed.tokens()) array.push_back(ToJson(token));
    invocation.out() << Pretty(array) << '\n';
    return kOk;
  }
  const int64_t now = absl::ToUnixMillis(absl::Now());
  Table table({"ID", "NAME", "KIND", "ROLES", "GROUPS", "TARGETS", "STATE", "EXPIRES", "LAST USED", "BY"});
  for (const v1::Token& token : listed.tokens()) {
    table.Add({token.id(), token.name(), Word(token.kind()), RoleWords(token), Joined(token.groups()),
               token.targets().empty() && token.kind() == v1::PRINCIPAL_KIND_AGENT ? "any" : Joined(token.targets()),
               StateOf(token, now), TableTime(token.expires_at_unix_ms()), TableTime(token.last_used_at_unix_ms()),
               token.created_by()});
  }
  table.empty() ? void(invocation.out() << "No tokens.\n") : table.Print(invocation.out());
  return kOk;
}

ExitCode Revoke(Invocation& invocation, const Client& client, const std::string& id) {
  v1::RevokeTokenRequest request;
  request.set_id(id);
  v1::RevokeTokenResponse revoked;
  const grpc::Status called =
      v1::Access::NewStub(client.channel())->RevokeToken(client.Call().get(), request, &revoked);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty({{"id", id}, {"sessions_ended", revoked.sessions_ended()}}) << '\n';
  } else {
    invocation.out() << "Revoked " << id << "; " << Count(revoked.sessions_ended(), "live session") << " ended.\n";
  }
  return kOk;
}

void AddCreate(CLI::App& tokens, Invocation& invocation) {
  CLI::App* command = tokens.add_subcommand("create", "Make an access token; its text is shown once");
  auto flags = std::make_shared<CreateFlags>();
  command->add_option("--name", flags->name, "Whom it speaks for: an agent's or a person's name")->required();
  command->add_option("--kind", flags->kind, "agent (MySQL port) or person (this API); agent unless a role is given")
      ->check(CLI::IsMember({"agent", "person"}));
  command->add_option("--group", flags->groups, "Group it is a member of; may be repeated")->allow_extra_args(false);
  command->add_option("--role", flags->roles, "For people: reviewer, auditor or admin; may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"reviewer", "auditor", "admin"}));
  command->add_option("--target", flags->targets, "For agents: target it may be used for; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--ttl", flags->ttl, "How long it is good, such as 12h or 30d; the gateway's default if absent");
  command->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return Create(invocation, client, *flags); });
  });
}

}  // namespace

void AddTokens(CLI::App& app, Invocation& invocation) {
  CLI::App* tokens = app.add_subcommand("tokens", "Make, list and revoke access tokens (role admin)");
  tokens->require_subcommand(1);
  AddCreate(*tokens, invocation);

  CLI::App* list = tokens->add_subcommand("list", "List tokens, newest first; never their text");
  auto all = std::make_shared<bool>(false);
  list->add_flag("--all", *all, "Expired and revoked ones too");
  list->callback([&invocation, all] {
    invocation.ChooseCall([&invocation, all](const Client& client) { return List(invocation, client, *all); });
  });

  CLI::App* revoke = tokens->add_subcommand("revoke", "End a token and the live sessions opened with it");
  auto id = std::make_shared<std::string>();
  revoke->add_option("id", *id, "The token's id, tok_…")->required();
  revoke->callback([&invocation, id] {
    invocation.ChooseCall([&invocation, id](const Client& client) { return Revoke(invocation, client, *id); });
  });
}

}  // namespace postern::ctl
