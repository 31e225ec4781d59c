#include "gateway/relay_identities.h"

#include <absl/strings/str_cat.h>

#include <filesystem>
#include <utility>

#include "common/files/replace_file.h"
#include "common/tls/pem_files.h"
#include "common/tls/trust.h"
#include "gateway/api/call_certificate.h"
#include "gateway/tunnel/peer_name.h"

namespace postern {

absl::StatusOr<std::unique_ptr<RelayIdentities>> RelayIdentities::Open(const config::GatewayConfig& config) {
  std::unique_ptr<RelayIdentities> identities(new RelayIdentities(config));
  if (absl::Status opened = identities->OpenEnrolment(); !opened.ok()) return opened;
  if (absl::Status written = identities->WriteAuthorities(); !written.ok()) return written;
  return identities;
}

absl::Status RelayIdentities::OpenEnrolment() {
  const std::filesystem::path data_dir = config_.data_dir;
  auto authority = enrolment::Authority::Open(data_dir / "relay-authority.pem");
  if (!authority.ok()) return authority.status();
  authority_ = *std::move(authority);
  auto relays = store::EnrolledRelays::Open(data_dir / "relays.db");
  if (!relays.ok()) return relays.status();
  relays_ = *std::move(relays);
  enrolment::EnrolmentOptions options{
      .certificate_ttl = config_.limits.relay_certificate_ttl,
      .gateway_ca = [this] { return tls::TrustFor(config_.api.tls.certificate, config_.api.ca); }};
  for (const auto& [target, names] : config_.targets) {
    options.targets.insert(target);
    options.configured_relays.insert(names.begin(), names.end());
  }
  auto enrolment = enrolment::Enrolment::Load(authority_.get(), relays_.get(), std::move(options));
  if (enrolment.ok()) enrolment_ = *std::move(enrolment);
  return enrolment.status();
}

std::string RelayIdentities::authorities_file() const { return config_.data_dir + "/relay-authorities.pem"; }

absl::Status RelayIdentities::WriteAuthorities() {
  std::string relays = authority_->certificate();
  if (config_.api.tls.client_ca) {
    auto theirs = tls::ReadPemFiles({.certificate = "", .key = "", .ca = *config_.api.tls.client_ca});
    if (!theirs.ok()) return theirs.status();
    absl::StrAppend(&relays, theirs->ca);
  }
  auto of_relays = tls::ClientVerifier::FromPem(relays);
  if (!of_relays.ok()) return of_relays.status();
  std::string people;
  std::shared_ptr<const tls::ClientVerifier> of_people;
  if (config_.api.people) {
    auto theirs = tls::ReadPemFiles({.certificate = "", .key = "", .ca = config_.api.people->ca});
    if (!theirs.ok()) return theirs.status();
    people = theirs->ca;
    auto verifier = tls::ClientVerifier::FromPem(people);
    if (!verifier.ok()) return verifier.status();
    of_people = *std::move(verifier);
    if ((*of_relays)->VouchesForAny(*of_people) || of_people->VouchesForAny(**of_relays)) {
      return absl::FailedPreconditionError("api.tls.people_ca: one authority stands behind people and relays; give people one of their own");
    }
  }
  {
    std::lock_guard lock(mutex_);
    of_relays_ = *std::move(of_relays);
    of_people_ = std::move(of_people);
  }
  auto replacement = files::Replacement::Prepare(authorities_file(), relays + people);
  return replacement.ok() ? replacement->Commit() : replacement.status();
}

bool RelayIdentities::VouchesFor(const tls::PeerCertificate& certificate) const {
  std::lock_guard lock(mutex_);
  return of_relays_->VouchesFor(certificate);
}

bool RelayIdentities::IsOfPeople(const grpc::ServerContextBase& call) const {
  std::shared_ptr<const tls::ClientVerifier> people;
  {
    std::lock_guard lock(mutex_);
    people = of_people_;
  }
  if (people == nullptr) return false;
  const auto certificate = api::CertificateOf(call);
  return certificate == nullptr || people->VouchesFor(*certificate);
}

absl::StatusOr<std::string> RelayIdentities::NameOf(const grpc::ServerContextBase& call) const {
  const auto names = tunnel::CertificateOf(call);
  if (!names.ok()) return names.status();
  if (IsOfPeople(call)) return absl::UnauthenticatedError("an authority of people stands behind the certificate: it is no relay's");
  if (names->uris.size() == 1) {
    auto joined = enrolment_->NameOf(names->uris.front());
    // The operator's authority may sign any name; ours signs those of relays that joined, and no other does.
    const auto certificate = api::CertificateOf(call);
    const bool ours = certificate != nullptr && enrolment_->Signed(*certificate);
    if (!absl::IsNotFound(joined.status()) && !ours) {
      return absl::UnauthenticatedError("the certificate names a relay that joined, and another authority made it");
    }
    if (!absl::IsNotFound(joined.status())) return joined;
  }
  auto name = tunnel::RelayName(*names);
  if (name.ok() && enrolment_->IsEnrolled(*name)) {
    return absl::UnauthenticatedError("a relay of that name joins with a token; a certificate of another authority is not its own");
  }
  return name;
}

}  // namespace postern
