#include "gateway/bootstrap.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>
#include <optional>

#include "common/tls/server_context.h"
#include "gateway/api/server.h"
#include "gateway/identity/tokens.h"
#include "gateway/policy/load_rules.h"
#include "gateway/recording/file_journal.h"
#include "gateway/store/sqlite/sqlite_token_store.h"

namespace postern {
namespace {

constexpr char kConsole[] = "console";

std::optional<v1::Role> RoleOf(const std::string& name) {
  if (name == "reviewer") return v1::ROLE_REVIEWER;
  if (name == "auditor") return v1::ROLE_AUDITOR;
  if (name == "admin") return v1::ROLE_ADMIN;
  return std::nullopt;
}

absl::StatusOr<v1::CreateTokenRequest> RequestFor(const FirstToken& wanted) {
  v1::CreateTokenRequest request;
  request.set_name(wanted.name);
  request.set_kind(v1::PRINCIPAL_KIND_PERSON);
  for (const std::string& group : wanted.groups) request.add_groups(group);
  for (const std::string& name : wanted.roles) {
    const auto role = RoleOf(name);
    if (!role) return absl::InvalidArgumentError(absl::StrCat("--role: ", name, " is not reviewer, auditor or admin"));
    request.add_roles(*role);
  }
  return request;
}

}  // namespace

absl::StatusOr<std::string> CreateFirstToken(const config::GatewayConfig& config, const FirstToken& wanted) {
  auto request = RequestFor(wanted);
  if (!request.ok()) return request.status();
  auto journal = recording::FileJournal::Open({.folder = std::filesystem::path(config.data_dir) / "journal"});
  if (!journal.ok()) return journal.status();
  auto store = store::SqliteTokenStore::Open(config.sqlite_path);
  if (!store.ok()) return store.status();
  auto tokens = identity::Tokens::Load(store->get(), {});
  if (!tokens.ok()) return tokens.status();

  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  v1::AdminAction& action = *record.mutable_admin_action();
  action.set_who(kConsole);
  action.set_action("tokens.create");
  action.set_object(wanted.name);
  action.set_allowed(true);
  action.set_detail("on the gateway's own machine, while it was stopped");
  if (absl::Status recorded = recording::AppendAndWait(**journal, record); !recorded.ok()) return recorded;

  auto created = (*tokens)->Create(*request, kConsole, absl::Now());
  if (!created.ok()) return created.status();
  return created->secret;
}

absl::Status CheckGateway(const config::GatewayConfig& config) {
  auto rules = policy::LoadRules(config.policy);
  if (!rules.ok()) return rules.status();
  if (config.mysql.tls) {
    const config::TlsFiles& files = *config.mysql.tls;
    auto context = tls::ServerContext({.certificate = files.certificate, .key = files.key, .ca = files.client_ca.value_or("")});
    if (!context.ok()) return context.status();
  }
  if (config.console && !config.console->plain()) {
    auto context = tls::ServerContext({.certificate = config.console->certificate, .key = config.console->key});
    if (!context.ok()) return context.status();
  }
  return api::CheckTlsFiles({.certificate = config.api.tls.certificate,
                             .key = config.api.tls.key,
                             .client_ca = config.api.tls.client_ca.value_or("")});
}

}  // namespace postern
