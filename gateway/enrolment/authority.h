// The gateway's own certificate authority, for relays that join and for nothing else. Immutable once open; thread-safe.
#ifndef POSTERN_GATEWAY_ENROLMENT_AUTHORITY_H_
#define POSTERN_GATEWAY_ENROLMENT_AUTHORITY_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/enrolment/certificate_request.h"

namespace postern::enrolment {

// What a certificate says of its owner.
struct Subject {
  std::string common_name;
  std::string uri;  // a SPIFFE ID
};

class Authority {
 public:
  // Reads key and certificate from the file, or makes them (EC P-256, twenty years; mode 0600) if there is none.
  // FAILED_PRECONDITION names the file, never its contents.
  static absl::StatusOr<std::unique_ptr<Authority>> Open(const std::filesystem::path& file);

  // PEM.
  const std::string& certificate() const { return certificate_pem_; }
  // "postern-" and 16 hexadecimal digits of the certificate's fingerprint: its certificates' SPIFFE trust domain.
  const std::string& trust_domain() const { return trust_domain_; }

  // Whether this authority's key signed the certificate.
  bool Signed(X509* certificate) const;
  // A client certificate for the key, PEM; valid from some minutes ago, because clocks differ.
  absl::StatusOr<std::string> Sign(const Key& key, const Subject& subject, absl::Time now, absl::Duration ttl) const;

 private:
  struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Certificate = std::unique_ptr<X509, FreeCertificate>;

  Authority(Key key, Certificate certificate);
  static absl::StatusOr<std::unique_ptr<Authority>> Read(const std::filesystem::path& file);
  static absl::Status Make(const std::filesystem::path& file);

  const Key key_;
  const Certificate certificate_;
  std::string certificate_pem_;
  std::string trust_domain_;
};

}  // namespace postern::enrolment

#endif  // POSTERN_GATEWAY_ENROLMENT_AUTHORITY_H_
