#include "common/tls/trust.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "common/tls/errors.h"

namespace postern::tls {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

std::string ToPem(X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (PEM_write_bio_X509(out.get(), certificate) != 1) return "";
  const long bytes = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(bytes));
}

}  // namespace

absl::StatusOr<std::string> TrustFor(const std::string& certificate, const std::optional<std::string>& ca) {
  if (ca) {
    // Only what is a certificate is told: who keeps a key in the same file keeps it.
    ERR_clear_error();
    const Bio in(BIO_new_file(ca->c_str(), "r"));
    if (in == nullptr) return FileError("ca", *ca);
    std::string all;
    while (const Certificate next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) all += ToPem(next.get());
    if (all.empty()) return FileError("ca", *ca);
    ERR_clear_error();  // that there is no further one
    return all;
  }
  ERR_clear_error();
  const Bio in(BIO_new_file(certificate.c_str(), "r"));
  if (in == nullptr) return FileError("certificate", certificate);
  Certificate last;
  while (Certificate next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) last = std::move(next);
  if (last == nullptr) return FileError("certificate", certificate);
  ERR_clear_error();  // that there is no further one
  return ToPem(last.get());
}

}  // namespace postern::tls
