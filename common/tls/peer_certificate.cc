#include "common/tls/peer_certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace postern::tls {
namespace {

// As many as any chain has.
constexpr int kMostInChain = 16;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

Bio Reading(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// Nobody is at a terminal to type a pass phrase; without this OpenSSL would ask there.
int NoPassphrase(char*, int, int, void*) { return -1; }

X509* NextIn(const Bio& bio) { return PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr); }

std::string TextOf(const ASN1_STRING* text) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<size_t>(ASN1_STRING_length(text)));
}

}  // namespace

std::shared_ptr<const PeerCertificate> PeerCertificate::Of(const SSL* connection) {
  X509* certificate = SSL_get1_peer_certificate(connection);
  if (certificate == nullptr) return nullptr;
  STACK_OF(X509)* sent = SSL_get_peer_cert_chain(connection);
  return std::shared_ptr<const PeerCertificate>(new PeerCertificate(certificate, sent == nullptr ? nullptr : X509_chain_up_ref(sent)));
}

absl::StatusOr<std::shared_ptr<const PeerCertificate>> PeerCertificate::FromPem(std::string_view certificate, std::string_view chain) {
  X509* own = NextIn(Reading(certificate));
  STACK_OF(X509)* sent = sk_X509_new_null();
  const Bio in = Reading(chain);
  while (sk_X509_num(sent) < kMostInChain) {
    X509* next = NextIn(in);
    if (next == nullptr) break;
    sk_X509_push(sent, next);
  }
  ERR_clear_error();  // that there is no further one
  std::shared_ptr<const PeerCertificate> made(new PeerCertificate(own, sent));
  if (own == nullptr) return absl::InvalidArgumentError("not a certificate");
  return made;
}

PeerCertificate::~PeerCertificate() {
  X509_free(certificate_);
  sk_X509_pop_free(chain_, X509_free);
}

std::vector<std::string> PeerCertificate::uris() const {
  std::vector<std::string> uris;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate_, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) uris.push_back(TextOf(name->d.uniformResourceIdentifier));
  }
  ERR_clear_error();  // of an extension that cannot be read
  return uris;
}

std::string PeerCertificate::ToPem() const {
  const Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate_);
  for (int i = 0; i < sk_X509_num(chain_); ++i) {
    X509* const sent = sk_X509_value(chain_, i);
    if (X509_cmp(sent, certificate_) != 0) PEM_write_bio_X509(out.get(), sent);
  }
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(bytes));
}

std::vector<std::string> PeerCertificate::common_names() const {
  std::vector<std::string> names;
  const X509_NAME* subject = X509_get_subject_name(certificate_);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    names.push_back(TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  }
  return names;
}

std::string PeerCertificate::serial() const {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate_), nullptr);
  char* digits = number == nullptr ? nullptr : BN_bn2hex(number);
  std::string text = digits == nullptr ? "" : digits;
  OPENSSL_free(digits);
  BN_free(number);
  return text;
}

}  // namespace postern::tls
