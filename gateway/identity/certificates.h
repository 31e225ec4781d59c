// Agents or people by the certificate that they show: verified against the authorities in force, then named by the rules.
//
// Stands before another Authenticator. A certificate that is no good is refused whatever else is shown with it; beside a secret, a good one
// says nothing, and the secret is that one's to judge. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_CERTIFICATES_H_
#define POSTERN_GATEWAY_IDENTITY_CERTIFICATES_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/tls/client_verifier.h"
#include "gateway/identity/authenticator.h"
#include "gateway/identity/certificate_rules.h"

namespace postern::identity {

// Where the authorities are, and the lists of what they revoked; PEM files.
struct CertificateTrust {
  std::string ca;
  std::optional<std::string> crl;

  friend bool operator==(const CertificateTrust&, const CertificateTrust&) = default;
};

class Certificates final : public Authenticator {
 public:
  // `others` judges every secret, and outlives this. Nobody comes in by a certificate until Replace; nobody but `kind` ever does.
  Certificates(Authenticator& others, v1::PrincipalKind kind) : others_(others), kind_(kind) {}

  // Certificates that one of others' authorities stands behind are nobody's here, whoever else does. Once, before Replace.
  void Exclude(std::function<bool(const tls::PeerCertificate&)> theirs) { theirs_ = std::move(theirs); }

  // These rules, and what the files hold now. When they cannot be read nobody comes in by certificate until they can: the error says so. Whoever
  // calls this then looks who is StillValid.
  absl::Status Replace(std::vector<CertificateRule> rules, const std::optional<CertificateTrust>& trust);

  void Prepare(std::string_view secret, absl::Time now, Ready ready) override { others_.Prepare(secret, now, std::move(ready)); }
  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time now) override;
  bool TakesIdTokens() const override { return others_.TakesIdTokens(); }
  bool StillValid(const Principal& who, absl::Time now) const override;

 private:
  struct InForce {
    std::vector<CertificateRule> rules;
    std::shared_ptr<const tls::ClientVerifier> verifier;  // null: none can be verified
  };

  std::shared_ptr<const InForce> Current() const;
  absl::StatusOr<Principal> Check(const std::shared_ptr<const tls::PeerCertificate>& certificate, absl::Time now) const;
  absl::StatusOr<absl::Time> Verify(const InForce& in_force, const tls::PeerCertificate& certificate, absl::Time now) const;

  Authenticator& others_;
  const v1::PrincipalKind kind_;
  std::function<bool(const tls::PeerCertificate&)> theirs_ = [](const tls::PeerCertificate&) { return false; };
  mutable std::mutex mutex_;
  std::shared_ptr<const InForce> in_force_ = std::make_shared<const InForce>();
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_CERTIFICATES_H_
