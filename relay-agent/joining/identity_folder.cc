#include "relay-agent/joining/identity_folder.h"

#include <absl/strings/str_cat.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <system_error>

#include "common/files/replace_file.h"
#include "common/tls/errors.h"

namespace postern::relay {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

absl::Status Replace(const std::filesystem::path& file, std::string_view text) {
  auto replacement = files::Replacement::Prepare(file, text);
  return replacement.ok() ? replacement->Commit() : replacement.status();
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&utc));
}

}  // namespace

// "gateway.example.com:8443" as it is: neither a slash nor a leading dot can be in it.
std::filesystem::path IdentityFolder::FolderOf(const std::string& gateway) const {
  std::string name = gateway;
  std::replace(name.begin(), name.end(), '/', '_');
  return folder_ / name;
}

tls::PemFiles IdentityFolder::FilesFor(const std::string& gateway) const {
  const std::string identity = FolderOf(gateway) / "identity.pem";
  return {.certificate = identity, .key = identity, .ca = FolderOf(gateway) / "gateway-ca.pem"};
}

bool IdentityFolder::Has(const std::string& gateway) const {
  std::error_code error;
  return std::filesystem::exists(FilesFor(gateway).certificate, error);
}

absl::Status IdentityFolder::Save(const std::string& gateway, std::string_view key, std::string_view certificate,
                                  std::string_view gateway_ca) const {
  std::error_code error;
  std::filesystem::create_directories(FolderOf(gateway), error);
  if (error) return absl::FailedPreconditionError(absl::StrCat(FolderOf(gateway).string(), ": ", error.message()));
  const tls::PemFiles files = FilesFor(gateway);
  // The authority first: an identity without it could not be used.
  if (absl::Status saved = Replace(files.ca, gateway_ca); !saved.ok()) return saved;
  std::string identity;
  identity.reserve(key.size() + certificate.size());
  identity.append(certificate).append(key);
  absl::Status saved = Replace(files.certificate, identity);
  OPENSSL_cleanse(identity.data(), identity.size());
  return saved;
}

absl::StatusOr<IdentityFolder::Validity> IdentityFolder::ValidityOf(const std::string& gateway) const {
  const std::string file = FilesFor(gateway).certificate;
  ERR_clear_error();
  const std::unique_ptr<BIO, FreeBio> in(BIO_new_file(file.c_str(), "r"));
  if (in == nullptr) return tls::FileError("certificate", file);
  const std::unique_ptr<X509, FreeCertificate> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return tls::FileError("certificate", file);
  return Validity{TimeOf(X509_get0_notBefore(certificate.get())), TimeOf(X509_get0_notAfter(certificate.get()))};
}

}  // namespace postern::relay
