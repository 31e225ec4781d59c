// The certificate that a peer showed in a handshake, with what it sent along. Its holder has the key: that is all that is known
// until somebody verifies it (client_verifier.h). Immutable; thread-safe.
#ifndef POSTERN_COMMON_TLS_PEER_CERTIFICATE_H_
#define POSTERN_COMMON_TLS_PEER_CERTIFICATE_H_

#include <absl/status/statusor.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postern::tls {

class PeerCertificate {
 public:
  // Of a finished handshake in which we were the server. Null when the client showed none.
  static std::shared_ptr<const PeerCertificate> Of(const SSL* connection);
  // `chain` may begin with the certificate itself; what cannot be read of it is left out. INVALID_ARGUMENT: no certificate.
  static absl::StatusOr<std::shared_ptr<const PeerCertificate>> FromPem(std::string_view certificate, std::string_view chain);

  ~PeerCertificate();
  PeerCertificate(const PeerCertificate&) = delete;
  PeerCertificate& operator=(const PeerCertificate&) = delete;

  X509* certificate() const { return certificate_; }
  STACK_OF(X509) * chain() const { return chain_; }

  // What it says of its owner, as the bytes are. A name that holds a NUL is told with it, so that it equals nothing else.
  std::vector<std::string> uris() const;
  std::vector<std::string> common_names() const;
  // Hexadecimal.
  std::string serial() const;
  // It and its chain; FromPem takes it as both.
  std::string ToPem() const;

 private:
  // Takes both over; `chain` may be null.
  PeerCertificate(X509* certificate, STACK_OF(X509) * chain) : certificate_(certificate), chain_(chain) {}

  X509* const certificate_;
  STACK_OF(X509) * const chain_;
};

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_PEER_CERTIFICATE_H_
