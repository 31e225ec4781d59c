#include "gateway/identity/certificates.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/observability/log.h"

namespace postern::identity {
namespace {

absl::Status Refuse(std::string_view why) { return absl::UnauthenticatedError(std::string(why)); }

CertificateNames NamesOf(const tls::PeerCertificate& certificate) { return {certificate.uris(), certificate.common_names()}; }

// For the record: whose certificate, and which.
std::string IdOf(const CertificateNames& names, const tls::PeerCertificate& certificate) {
  return absl::StrCat(names.uris.empty() ? "CN=" + names.common_names.front() : names.uris.front(), " serial ", certificate.serial());
}

}  // namespace

absl::Status Certificates::Replace(std::vector<CertificateRule> rules, const std::optional<CertificateTrust>& trust) {
  auto next = std::make_shared<InForce>();
  next->rules = std::move(rules);
  absl::Status loaded;
  if (trust) {
    auto verifier = tls::ClientVerifier::Load(trust->ca, trust->crl);
    loaded = verifier.status();
    if (verifier.ok()) next->verifier = *std::move(verifier);
  }
  if (next->verifier != nullptr && next->verifier->lists_end() <= absl::Now()) {
    log::Error("a certificate revocation list is out of date: nobody comes in by certificate until it is renewed", {{"crl", *trust->crl}});
  }
  std::lock_guard lock(mutex_);
  in_force_ = std::move(next);
  return loaded;
}

std::shared_ptr<const Certificates::InForce> Certificates::Current() const {
  std::lock_guard lock(mutex_);
  return in_force_;
}

absl::StatusOr<absl::Time> Certificates::Verify(const InForce& in_force, const tls::PeerCertificate& certificate, absl::Time now) const {
  if (in_force.verifier == nullptr) return Refuse("no certificate can be verified: authorities or revocation list cannot be read");
  if (theirs_(certificate)) return Refuse("an authority of relays stands behind the certificate");
  return in_force.verifier->Verify(certificate, now);
}

absl::StatusOr<Principal> Certificates::Check(const std::shared_ptr<const tls::PeerCertificate>& certificate, absl::Time now) const {
  const auto in_force = Current();
  const auto until = Verify(*in_force, *certificate, now);
  if (!until.ok()) return until.status();
  const CertificateNames names = NamesOf(*certificate);
  auto who = PrincipalFrom(in_force->rules, kind_, names);
  if (!who.ok()) return who;
  who->identity_kind = kCertificate;
  who->identity_id = IdOf(names, *certificate);
  who->certificate = certificate;
  who->expires_at = *until;
  return who;
}

absl::StatusOr<Principal> Certificates::Authenticate(const Proof& proof, absl::Time now) {
  if (proof.certificate == nullptr) return others_.Authenticate(proof, now);
  if (proof.secret.empty()) return Check(proof.certificate, now);
  const auto good = Verify(*Current(), *proof.certificate, now);
  return good.ok() ? others_.Authenticate(proof, now) : good.status();
}

bool Certificates::StillValid(const Principal& who, absl::Time now) const {
  if (who.identity_kind != kCertificate) return others_.StillValid(who, now);
  const auto same = Check(who.certificate, now);
  return same.ok() && same->name == who.name && same->groups == who.groups && same->roles == who.roles;
}

}  // namespace postern::identity
