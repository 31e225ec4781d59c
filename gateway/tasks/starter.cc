#include "gateway/tasks/starter.h"

#include "common/tls/peer_certificate.h"
#include "proto/postern/v1/task.pb.h"

namespace postern::tasks {

std::string StarterBytes(const identity::Principal& who) {
  v1::TaskStarter starter;
  starter.set_name(who.name);
  starter.set_kind(who.kind);
  for (const std::string& group : who.groups) starter.add_groups(group);
  starter.set_identity_kind(who.identity_kind);
  starter.set_identity_id(who.identity_id);
  starter.set_issuer(who.issuer);
  starter.set_signing_key(who.signing_key);
  if (who.certificate) starter.set_certificate(who.certificate->ToPem());
  starter.set_expires_at_unix_ms(absl::ToUnixMillis(who.expires_at));
  return starter.SerializeAsString();
}

identity::Principal StarterFrom(std::string_view bytes) {
  identity::Principal who;
  who.kind = v1::PRINCIPAL_KIND_AGENT;
  v1::TaskStarter starter;
  if (!starter.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return who;
  who.name = starter.name();
  who.kind = starter.kind();
  who.groups.assign(starter.groups().begin(), starter.groups().end());
  who.identity_kind = starter.identity_kind();
  who.identity_id = starter.identity_id();
  who.issuer = starter.issuer();
  who.signing_key = starter.signing_key();
  auto certificate = tls::PeerCertificate::FromPem(starter.certificate(), starter.certificate());
  if (certificate.ok()) who.certificate = *std::move(certificate);
  who.expires_at = absl::FromUnixMillis(starter.expires_at_unix_ms());
  return who;
}

bool NeedsVouching(const identity::Principal& starter) { return starter.kind == v1::PRINCIPAL_KIND_AGENT; }

absl::Time EndOfProof(const identity::Principal& starter) {
  return NeedsVouching(starter) ? starter.expires_at : absl::InfiniteFuture();
}

}  // namespace postern::tasks
