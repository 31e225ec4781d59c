#include "gateway/authenticators.h"

#include <absl/time/clock.h>

#include <utility>

#include "common/observability/log.h"
#include "gateway/store/sqlite/sqlite_token_store.h"

namespace postern {

absl::StatusOr<std::unique_ptr<Authenticators>> Authenticators::Open(const std::string& sqlite_path, std::function<void()> revoked,
                                                                     identity::FailureLimits::Counted failed) {
  std::unique_ptr<Authenticators> made(new Authenticators(revoked, std::move(failed)));
  auto store = store::SqliteTokenStore::Open(sqlite_path);
  if (!store.ok()) return store.status();
  made->token_store_ = *std::move(store);
  auto tokens = identity::Tokens::Load(made->token_store_.get(), {});
  if (!tokens.ok()) return tokens.status();
  made->tokens_ = *std::move(tokens);
  made->issuers_ = std::make_unique<identity::Issuers>(*made->tokens_, identity::FetchOverHttps);
  made->issuers_->OnRevocation(std::move(revoked));
  return made;
}

void Authenticators::Complete(const tasks::Tasks& tasks, const RelayIdentities& relays) {
  task_passwords_ = std::make_unique<tasks::TaskAuthenticator>(tasks, *issuers_);
  agent_certificates_ = std::make_unique<identity::Certificates>(*task_passwords_, v1::PRINCIPAL_KIND_AGENT);
  agents_ = std::make_unique<identity::CountedFailures>(*agent_certificates_, failures_);
  person_certificates_ = std::make_unique<identity::Certificates>(*issuers_, v1::PRINCIPAL_KIND_PERSON);
  person_certificates_->Exclude([&relays](const tls::PeerCertificate& certificate) { return relays.VouchesFor(certificate); });
  people_ = std::make_unique<identity::CountedFailures>(*person_certificates_, failures_);
  complete_ = true;
}

bool Authenticators::Vouch(const identity::Principal& who) const { return complete_ && agents_->StillValid(who, absl::Now()); }

absl::Status Authenticators::Use(const config::GatewayConfig& config) {
  absl::Status read;
  {
    std::lock_guard lock(mutex_);
    certificates_ = {config.certificates, config.mysql.agents, config.api.people};
    read = ReadCertificates();
  }
  // Last: it tells of revocations.
  issuers_->Replace(config.issuers);
  return read;
}

absl::Status Authenticators::ReadAgain() {
  absl::Status read;
  {
    std::lock_guard lock(mutex_);
    read = ReadCertificates();
  }
  revoked_();
  return read;
}

absl::Status Authenticators::ReadCertificates() {
  absl::Status read = agent_certificates_->Replace(certificates_.rules, certificates_.agents);
  read.Update(person_certificates_->Replace(certificates_.rules, certificates_.people));
  if (!read.ok()) log::Error("certificates cannot be checked: nobody comes in by one until they can", {{"error", read}});
  return read;
}

}  // namespace postern
