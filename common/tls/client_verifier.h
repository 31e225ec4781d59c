// Whether a client's certificate is good: of one of these authorities, for clients, in its time, and not revoked.
//
// Immutable, so that a reload makes a new one; thread-safe.
#ifndef POSTERN_COMMON_TLS_CLIENT_VERIFIER_H_
#define POSTERN_COMMON_TLS_CLIENT_VERIFIER_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>

#include "common/tls/peer_certificate.h"

namespace postern::tls {

class ClientVerifier {
 public:
  // PEM files. With `crl`, every certificate of a chain must be on no revocation list, and the list of its issuer must be in that
  // file and in its time. FAILED_PRECONDITION names the file.
  static absl::StatusOr<std::shared_ptr<const ClientVerifier>> Load(const std::string& ca, const std::optional<std::string>& crl);
  // Authorities alone, PEM.
  static absl::StatusOr<std::shared_ptr<const ClientVerifier>> FromPem(const std::string& authorities);

  ~ClientVerifier();
  ClientVerifier(const ClientVerifier&) = delete;
  ClientVerifier& operator=(const ClientVerifier&) = delete;

  // Until when it is good: the end of its life, or of one in its chain. UNAUTHENTICATED says what is wrong, for the record.
  absl::StatusOr<absl::Time> Verify(const PeerCertificate& peer, absl::Time now) const;

  // Whether one of the authorities stands behind it at all, be it revoked, or out of its time.
  bool VouchesFor(const PeerCertificate& peer) const;
  // Whether one of the authorities stands behind one of the other's, or is the same.
  bool VouchesForAny(const ClientVerifier& other) const;

  // When the first of the revocation lists is out of date; infinite future without any.
  absl::Time lists_end() const { return lists_end_; }

 private:
  explicit ClientVerifier(X509_STORE* store) : store_(store) {}

  X509_STORE* const store_;
  bool checks_lists_ = false;
  absl::Time lists_end_ = absl::InfiniteFuture();
};

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_CLIENT_VERIFIER_H_
