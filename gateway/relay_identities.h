// Whom the gateway takes for a relay: those that joined, and those with certificates of the operator's own authority. Thread-safe.
#ifndef POSTERN_GATEWAY_RELAY_IDENTITIES_H_
#define POSTERN_GATEWAY_RELAY_IDENTITIES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <mutex>
#include <string>

#include "common/tls/client_verifier.h"
#include "gateway/config/gateway_config.h"
#include "gateway/enrolment/authority.h"
#include "gateway/enrolment/enrolment.h"
#include "gateway/store/sqlite/enrolled_relays.h"

namespace grpc {
class ServerContextBase;
}

namespace postern {

class RelayIdentities {
 public:
  // Opens what lies in data_dir, or makes it. REQUIRES: `config` outlives this.
  static absl::StatusOr<std::unique_ptr<RelayIdentities>> Open(const config::GatewayConfig& config);

  // By the certificate that a call's client showed. A relay that has joined is known by the certificate it was given here,
  // and no other certificate speaks for its name.
  absl::StatusOr<std::string> NameOf(const grpc::ServerContextBase& call) const;

  // The authorities that certificates of relays and of people may be of, in one file for gRPC, which looks at it again every so often.
  std::string authorities_file() const;
  // After api.tls.client_ca or people_ca may have changed. FAILED_PRECONDITION, too, when one authority stands behind both: then nobody
  // could tell a person from a relay.
  absl::Status WriteAuthorities();

  // Whether an authority of relays stands behind it: then it is no person's.
  bool VouchesFor(const tls::PeerCertificate& certificate) const;

  enrolment::Enrolment& enrolment() { return *enrolment_; }

 private:
  explicit RelayIdentities(const config::GatewayConfig& config) : config_(config) {}
  absl::Status OpenEnrolment();
  bool IsOfPeople(const grpc::ServerContextBase& call) const;

  const config::GatewayConfig& config_;
  std::unique_ptr<enrolment::Authority> authority_;
  std::unique_ptr<store::EnrolledRelays> relays_;
  std::unique_ptr<enrolment::Enrolment> enrolment_;

  mutable std::mutex mutex_;
  std::shared_ptr<const tls::ClientVerifier> of_relays_;
  std::shared_ptr<const tls::ClientVerifier> of_people_;  // null without people_ca
};

}  // namespace postern

#endif  // POSTERN_GATEWAY_RELAY_IDENTITIES_H_
