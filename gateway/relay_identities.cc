#include "gateway/relay_identities.h"

#include <absl/strings/str_cat.h>

#include <filesystem>
#include <utility>

#include "common/files/replace_file.h"
#include "common/tls/pem_files.h"
#include "common/tls/trust.h"
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

absl::Status RelayIdentities::WriteAuthorities() const {
  std::string text = authority_->certificate();
  if (config_.api.tls.client_ca) {
    auto theirs = tls::ReadPemFiles({.certificate = "", .key = "", .ca = *config_.api.tls.client_ca});
    if (!theirs.ok()) return theirs.status();
    absl::StrAppend(&text, theirs->ca);
  }
  auto replacement = files::Replacement::Prepare(authorities_file(), text);
  return replacement.ok() ? replacement->Commit() : replacement.status();
}

absl::StatusOr<std::string> RelayIdentities::NameOf(const grpc::ServerContextBase& call) const {
  const auto names = tunnel::CertificateOf(call);
  if (!names.ok()) return names.status();
  if (names->uris.size() == 1) {
    auto joined = enrolment_->NameOf(names->uris.front());
    if (!absl::IsNotFound(joined.status())) return joined;
  }
  auto name = tunnel::RelayName(*names);
  if (name.ok() && enrolment_->IsEnrolled(*name)) {
    return absl::UnauthenticatedError("a relay of that name joins with a token; a certificate of another authority is not its own");
  }
  return name;
}

}  // namespace postern
