// The ways in: for agents on the MySQL port and for people on the RPCs, each through everything that can vouch for somebody.
//
//   agents: failures counted → certificates → tasks' passwords → issuers' tokens → access tokens
//   people: failures counted → certificates ─────────────────────▶ the same two
//
// Thread-safe once Complete was called.
#ifndef POSTERN_GATEWAY_AUTHENTICATORS_H_
#define POSTERN_GATEWAY_AUTHENTICATORS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/config/gateway_config.h"
#include "gateway/identity/certificates.h"
#include "gateway/identity/failure_limits.h"
#include "gateway/identity/issuers.h"
#include "gateway/identity/tokens.h"
#include "gateway/relay_identities.h"
#include "gateway/store/store.h"
#include "gateway/tasks/task_authenticator.h"

namespace postern {

class Authenticators {
 public:
  // Opens the store of access tokens. On any thread, `revoked` is called when somebody's proof may be worth nothing any more, `failed` with
  // each proof that is no good.
  static absl::StatusOr<std::unique_ptr<Authenticators>> Open(const std::string& sqlite_path, std::function<void()> revoked,
                                                              identity::FailureLimits::Counted failed);

  // Once. REQUIRES: both outlive this.
  void Complete(const tasks::Tasks& tasks, const RelayIdentities& relays);
  // Issuers and certificates that count from now on; reads the certificates' files again. The error says which of them cannot be read: then
  // nobody comes in by that certificate.
  absl::Status Use(const config::GatewayConfig& config);
  // The certificates' files, under the rules that are in force.
  absl::Status ReadAgain();
  // No more fetches of keys.
  void Stop() { issuers_->Stop(); }
  // For the end of the process: their threads call what goes before they do.
  void Forget() { issuers_->Replace({}); }

  // Whether what an agent proved itself with still counts. Until Complete was called nobody's does.
  bool Vouch(const identity::Principal& who) const;

  identity::Tokens& tokens() { return *tokens_; }
  // Issuers' and access tokens, with no count of what fails.
  identity::Authenticator& bearers() { return *issuers_; }
  identity::Authenticator& agents() { return *agents_; }
  identity::Authenticator& people() { return *people_; }

 private:
  struct CertificateConfig {
    std::vector<identity::CertificateRule> rules;
    std::optional<identity::CertificateTrust> agents;
    std::optional<identity::CertificateTrust> people;
  };

  Authenticators(std::function<void()> revoked, identity::FailureLimits::Counted failed)
      : revoked_(std::move(revoked)), failures_({}, std::move(failed)) {}
  absl::Status ReadCertificates();

  const std::function<void()> revoked_;
  std::unique_ptr<store::TokenStore> token_store_;
  std::unique_ptr<identity::Tokens> tokens_;
  std::unique_ptr<identity::Issuers> issuers_;
  identity::FailureLimits failures_;
  std::unique_ptr<tasks::TaskAuthenticator> task_passwords_;
  std::unique_ptr<identity::Certificates> agent_certificates_;
  std::unique_ptr<identity::CountedFailures> agents_;
  std::unique_ptr<identity::Certificates> person_certificates_;
  std::unique_ptr<identity::CountedFailures> people_;

  std::atomic<bool> complete_ = false;
  std::mutex mutex_;
  CertificateConfig certificates_;
};

}  // namespace postern

#endif  // POSTERN_GATEWAY_AUTHENTICATORS_H_
