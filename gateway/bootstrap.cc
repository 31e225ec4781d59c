#include "gateway/bootstrap.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>

#include "common/tls/client_verifier.h"
#include "common/tls/server_context.h"
#include "gateway/api/server.h"
#include "gateway/identity/role_word.h"
#include "gateway/identity/tokens.h"
#include "gateway/journal_options.h"
#include "gateway/policy/load_rules.h"
#include "gateway/recording/file_journal.h"
#include "gateway/recording/journal_key.h"
#include "gateway/store/sqlite/sqlite_token_store.h"

namespace postern {
namespace {

constexpr char kConsole[] = "console";

absl::StatusOr<v1::CreateTokenRequest> RequestFor(const FirstToken& wanted) {
  v1::CreateTokenRequest request;
  request.set_name(wanted.name);
  request.set_kind(v1::PRINCIPAL_KIND_PERSON);
  for (const std::string& group : wanted.groups) request.add_groups(group);
  for (const std::string& name : wanted.roles) {
    const auto role = identity::RoleFrom(name);
    if (!role) return absl::InvalidArgumentError(absl::StrCat("--role: ", name, " is not reviewer, auditor or admin"));
    request.add_roles(*role);
  }
  return request;
}

}  // namespace

absl::StatusOr<std::string> CreateFirstToken(const config::GatewayConfig& config, const FirstToken& wanted) {
  auto request = RequestFor(wanted);
  if (!request.ok()) return request.status();
  auto journal = recording::FileJournal::Open(OptionsOfJournal(config));
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

absl::StatusOr<std::string> RotateJournalKey(const config::GatewayConfig& config) {
  const std::filesystem::path public_file = std::filesystem::path(config.data_dir) / "journal.pub";
  auto old = recording::LoadJournalKey(config.journal.key, public_file);
  if (!old.ok()) return old.status();
  if (absl::Status prepared = recording::PrepareNextKey(config.journal.key); !prepared.ok()) return prepared;
  const absl::Status finished = recording::FinishRotation(config.journal.key, OptionsOfJournal(config));
  if (absl::IsFailedPrecondition(finished)) {
    return absl::StrCat("the next key is ready and comes into force when the gateway is started again (", finished.message(), ")");
  }
  if (!finished.ok()) return finished;
  auto now = recording::LoadJournalKey(config.journal.key, public_file);
  if (!now.ok()) return now.status();
  return absl::StrCat("key ", recording::Fingerprint((*now)->public_key()), " signs the journal from now on; ", public_file.string(),
                      " holds its public half");
}

absl::Status CheckGateway(const config::GatewayConfig& config) {
  auto rules = policy::LoadRules(config.policy);
  if (!rules.ok()) return rules.status();
  if (config.mysql.tls) {
    const config::TlsFiles& files = *config.mysql.tls;
    auto context = tls::ServerContext({.certificate = files.certificate, .key = files.key, .ca = files.client_ca.value_or("")});
    if (!context.ok()) return context.status();
  }
  for (const auto& trust : {config.mysql.agents, config.api.people}) {
    if (!trust) continue;
    auto verifier = tls::ClientVerifier::Load(trust->ca, trust->crl);
    if (!verifier.ok()) return verifier.status();
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
