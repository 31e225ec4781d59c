// Relays that join: their join tokens, certificates and targets, and what ends them.
//
// A relay's certificate carries spiffe://TRUST-DOMAIN/epoch/N/relay/NAME. It counts while NAME is not revoked and N is the
// number of times NAME has joined, so that a new join, as a revocation, ends every earlier certificate. A name that is enrolled
// here is nobody's with a certificate from elsewhere. All relays stand in memory, loaded at start. Thread-safe; what changes
// something blocks on the store.
#ifndef POSTERN_GATEWAY_ENROLMENT_ENROLMENT_H_
#define POSTERN_GATEWAY_ENROLMENT_ENROLMENT_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/tls/peer_certificate.h"
#include "gateway/enrolment/authority.h"
#include "gateway/identity/failure_limit.h"
#include "gateway/store/sqlite/enrolled_relays.h"
#include "proto/postern/v1/enrolment.pb.h"

namespace postern::enrolment {

struct EnrolmentOptions {
  absl::Duration certificate_ttl = absl::Hours(24);
  absl::Duration default_token_ttl = absl::Hours(1);
  absl::Duration max_token_ttl = absl::Hours(24 * 7);
  identity::FailureLimitOptions failures;
  // Names of targets there are, and of relays that the config grants targets to.
  std::set<std::string> targets;
  std::set<std::string> configured_relays;
  // What the gateway's certificate is checked against, PEM; read at each use, because it may be renewed.
  std::function<absl::StatusOr<std::string>()> gateway_ca;
};

struct NewJoinToken {
  v1::EnrolledRelay relay;
  std::string token;  // shown once, to who asked; wipe it after use
};

class Enrolment {
 public:
  // REQUIRES: both outlive this.
  static absl::StatusOr<std::unique_ptr<Enrolment>> Load(const Authority* authority, store::EnrolledRelays* store,
                                                         EnrolmentOptions options);

  // INVALID_ARGUMENT says which field is wrong; ALREADY_EXISTS: the config grants a target to that name.
  absl::StatusOr<NewJoinToken> CreateToken(const v1::CreateJoinTokenRequest& request, std::string_view created_by,
                                           absl::Time now);
  // By name.
  std::vector<v1::EnrolledRelay> List() const;
  // In force before it returns; even when the store fails, in which case the error says that the revocation will not outlive
  // the process. NOT_FOUND.
  absl::StatusOr<v1::EnrolledRelay> Revoke(std::string_view name, absl::Time now);

  // The token is used up, durably, before a certificate is made. UNAUTHENTICATED with the same words for every token that is
  // no good; RESOURCE_EXHAUSTED: too many of those from `source` lately.
  absl::StatusOr<v1::RelayCertificate> Join(const v1::JoinRequest& request, std::string_view source, absl::Time now);
  // `uri` is the SPIFFE ID of a certificate that verified.
  absl::StatusOr<v1::RelayCertificate> Renew(std::string_view uri, const v1::RenewRequest& request, absl::Time now);

  // The relay that a verified certificate is of, if it was made here and still counts. NOT_FOUND: it was not made here.
  absl::StatusOr<std::string> NameOf(std::string_view uri) const;
  bool IsEnrolled(std::string_view name) const;
  // Whether our authority made the certificate, whatever it says of itself.
  bool Signed(const tls::PeerCertificate& certificate) const { return authority_->Signed(certificate.certificate()); }
  bool MayServe(std::string_view name, std::string_view target) const;

  absl::StatusOr<std::string> GatewayCa() const { return options_.gateway_ca(); }

 private:
  Enrolment(const Authority* authority, store::EnrolledRelays* store, EnrolmentOptions options);

  absl::Status CheckRequest(const v1::CreateJoinTokenRequest& request) const;
  // REQUIRES: the lock is held.
  store::StoredRelay* FindToken(std::string_view secret, absl::Time now);
  absl::StatusOr<v1::RelayCertificate> Certify(const v1::EnrolledRelay& relay, const Key& key, absl::Time now) const;
  std::string UriOf(const v1::EnrolledRelay& relay) const;

  const Authority* const authority_;
  store::EnrolledRelays* const store_;
  const EnrolmentOptions options_;
  identity::FailureLimit failures_;

  mutable std::mutex mutex_;
  std::map<std::string, store::StoredRelay, std::less<>> relays_;
};

}  // namespace postern::enrolment

#endif  // POSTERN_GATEWAY_ENROLMENT_ENROLMENT_H_
