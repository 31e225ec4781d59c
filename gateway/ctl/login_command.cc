// posternctl login|logout
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/login_store.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr absl::Duration kSlowDown = absl::Seconds(5);  // RFC 8628, 3.5
constexpr absl::Duration kLongestInterval = absl::Minutes(1);

ExitCode CodeOf(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return kUsage;
  if (absl::IsUnavailable(status)) return kUnreachable;
  return absl::IsUnauthenticated(status) ? kDenied : kFailed;
}

void ShowCode(const DeviceCode& code, std::ostream& out) {
  out << "To log in, open\n\n  " << OneLine(code.verification_uri) << "\n\nand enter the code\n\n  " << OneLine(code.user_code) << "\n\n";
  if (!code.verification_uri_complete.empty()) {
    out << "or open " << OneLine(code.verification_uri_complete) << "\nand see that it shows that code.\n\n";
  }
  out << "Waiting, for " << Span(code.expires_in) << " at most …" << std::endl;
}

// Until somebody has confirmed it, or refused, or the code has ended.
absl::StatusOr<IssuedTokens> Await(const Issuer& issuer, const DeviceCode& code, const World& world) {
  absl::Duration interval = code.interval;
  for (absl::Duration waited; waited < code.expires_in; waited += interval) {
    world.sleep(interval);
    auto answer = issuer.Ask(code, absl::Now());
    if (absl::IsUnavailable(answer.status())) {
      interval = std::min(interval * 2, kLongestInterval);
    } else if (!answer.ok()) {
      return answer.status();
    } else if (answer->tokens) {
      return *std::move(answer->tokens);
    } else if (answer->error == "slow_down") {
      interval += kSlowDown;
    } else if (answer->error == "access_denied") {
      return absl::UnauthenticatedError("the login was refused");
    } else if (answer->error == "expired_token") {
      break;
    } else if (answer->error != "authorization_pending") {
      return absl::FailedPreconditionError("the issuer refuses the login: " + answer->error);
    }
  }
  return absl::UnauthenticatedError("nobody confirmed the login in time; run it again");
}

absl::StatusOr<Login> LogIn(const LoginSettings& settings, Invocation& invocation) {
  const auto issuer = Issuer::Discover(settings.account, invocation.world().send);
  if (!issuer.ok()) return issuer.status();
  const auto code = issuer->Begin(settings.scope, settings.audience);
  if (!code.ok()) return code.status();
  ShowCode(*code, invocation.err());
  auto tokens = Await(*issuer, *code, invocation.world());
  if (!tokens.ok()) return tokens.status();
  return Login{settings.account, *std::move(tokens)};
}

ExitCode RunLogin(Invocation& invocation, const LoginSettings& given) {
  const auto settings = ResolveLogin(invocation.flags(), given, invocation.world().getenv, invocation.err());
  if (!settings.ok()) return invocation.Refuse(kUsage, settings.status());
  if (settings->account.url.empty() || settings->account.client_id.empty()) {
    return invocation.Usage("give --issuer URL and --client-id ID, or write them to the section `login` of the config file");
  }
  auto login = LogIn(*settings, invocation);
  if (!login.ok()) return invocation.Refuse(CodeOf(login.status()), login.status());
  const int64_t end = absl::ToUnixMillis(login->tokens.expires_at);
  const bool renewable = !login->tokens.refresh_token.empty();
  // Not held while somebody makes up their mind.
  auto store = LoginStore::Open(ConfigFolder(invocation.world().getenv));
  absl::Status kept = store.status();
  if (kept.ok()) kept = store->Put(settings->api, *std::move(login));
  if (!kept.ok()) return invocation.Refuse(kFailed, kept);
  if (invocation.json()) {
    invocation.out() << Pretty({{"api", settings->api}, {"issuer", settings->account.url}, {"expires_at", IsoMillis(end)}, {"renewable", renewable}})
                     << '\n';
  } else {
    invocation.out() << "Logged in to " << settings->api << (renewable ? "; the login renews itself.\n" : "; until " + TableTime(end) + ".\n");
  }
  return kOk;
}

ExitCode RunLogout(Invocation& invocation) {
  const auto settings = ResolveLogin(invocation.flags(), {}, invocation.world().getenv, invocation.err());
  if (!settings.ok()) return invocation.Refuse(kUsage, settings.status());
  const auto folder = ConfigFolder(invocation.world().getenv);
  auto store = LoginStore::Open(folder);
  if (!store.ok()) return invocation.Refuse(kFailed, store.status());
  const Login* found = store->Find(settings->api);
  if (found == nullptr) return invocation.Refuse(kNotFound, absl::NotFoundError("nobody is logged in to " + settings->api));
  const Login login = *found;
  if (absl::Status removed = store->Remove(settings->api); !removed.ok()) return invocation.Refuse(kFailed, removed);
  const auto issuer = Issuer::Discover(login.account, invocation.world().send);
  const absl::Status revoked = issuer.ok() ? issuer->Revoke(login.tokens.refresh_token) : issuer.status();
  if (!revoked.ok()) {
    invocation.err() << "posternctl: the login is forgotten here, but the issuer was not told: "
                     << OneLine({revoked.message().data(), revoked.message().size()}) << '\n';
  }
  if (invocation.json()) {
    invocation.out() << Pretty({{"api", settings->api}, {"issuer_told", revoked.ok()}}) << '\n';
  } else {
    invocation.out() << "Logged out of " << settings->api << ".\n";
  }
  return kOk;
}

}  // namespace

void AddLogin(CLI::App& app, Invocation& invocation) {
  CLI::App* login = app.add_subcommand("login", "Log in at your organisation's identity provider, by a code in the browser");
  auto given = std::make_shared<LoginSettings>();
  login->add_option("--issuer", given->account.url, "URL of the provider, as the gateway's configuration has it");
  login->add_option("--client-id", given->account.client_id, "posternctl's client id there; a public client with the device grant");
  login->add_option("--issuer-ca", given->account.ca, "PEM file of the authorities of the provider's certificate; the system's if absent");
  login->add_option("--scope", given->scope, "Scopes to ask for; \"openid offline_access\" if absent");
  login->add_option("--audience", given->audience, "Audience to ask for, where the provider wants one");
  login->add_flag("--id-token", given->account.id_token, "Show the gateway the id token in place of the access token");
  login->callback([&invocation, given] { invocation.Choose([&invocation, given] { return RunLogin(invocation, *given); }); });

  CLI::App* logout = app.add_subcommand("logout", "Forget the login, and tell the provider so");
  logout->callback([&invocation] { invocation.Choose([&invocation] { return RunLogout(invocation); }); });
}

}  // namespace postern::ctl
