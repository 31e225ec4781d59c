#include "common/tls/client_verifier.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "common/tls/errors.h"

namespace postern::tls {
namespace {

constexpr int kMostIntermediates = 8;
constexpr int kSecurityLevel = 2;  // 112 bits: no SHA-1, no RSA below 2048

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, Free>;

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

absl::Status AddAuthorities(X509_STORE* store, const Bio& in, std::string_view file) {
  int added = 0;
  while (const std::unique_ptr<X509, Free> next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store, next.get()) != 1) return FileError("certificate authorities", file);
    ++added;
  }
  if (added == 0) return FileError("certificate authorities", file);
  ERR_clear_error();  // that there is no further one
  return absl::OkStatus();
}

// When the first of them is out of date.
absl::StatusOr<absl::Time> AddLists(X509_STORE* store, const std::string& file) {
  const Bio in(BIO_new_file(file.c_str(), "r"));
  if (in == nullptr) return FileError("revocation list", file);
  absl::Time end = absl::InfiniteFuture();
  int added = 0;
  while (const std::unique_ptr<X509_CRL, Free> next{PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_crl(store, next.get()) != 1) return FileError("revocation list", file);
    end = std::min(end, TimeOf(X509_CRL_get0_nextUpdate(next.get())));
    ++added;
  }
  if (added == 0) return FileError("revocation list", file);
  ERR_clear_error();
  return end;
}

// Without memory nothing can be ruled out.
bool StandsBehind(X509_STORE* store, X509* certificate, STACK_OF(X509) * chain) {
  const std::unique_ptr<X509_STORE_CTX, Free> context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store, certificate, chain) != 1) return true;
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_NO_CHECK_TIME);
  const bool stands = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return stands;
}

absl::Status Refuse(const std::string& why) { return absl::UnauthenticatedError(why); }

}  // namespace

absl::StatusOr<std::shared_ptr<const ClientVerifier>> ClientVerifier::Load(const std::string& ca, const std::optional<std::string>& crl) {
  ERR_clear_error();
  const std::shared_ptr<ClientVerifier> made(new ClientVerifier(X509_STORE_new()));
  const Bio in(BIO_new_file(ca.c_str(), "r"));
  if (in == nullptr) return FileError("certificate authorities", ca);
  if (absl::Status added = AddAuthorities(made->store_, in, ca); !added.ok()) return added;
  if (crl) {
    const auto end = AddLists(made->store_, *crl);
    if (!end.ok()) return end.status();
    made->checks_lists_ = true;
    made->lists_end_ = *end;
  }
  return made;
}

absl::StatusOr<std::shared_ptr<const ClientVerifier>> ClientVerifier::FromPem(const std::string& authorities) {
  ERR_clear_error();
  const std::shared_ptr<ClientVerifier> made(new ClientVerifier(X509_STORE_new()));
  const Bio in(BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())));
  if (absl::Status added = AddAuthorities(made->store_, in, "given"); !added.ok()) return added;
  return made;
}

ClientVerifier::~ClientVerifier() { X509_STORE_free(store_); }

absl::StatusOr<absl::Time> ClientVerifier::Verify(const PeerCertificate& peer, absl::Time now) const {
  const std::unique_ptr<X509_STORE_CTX, Free> context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store_, peer.certificate(), peer.chain()) != 1) {
    return Refuse("the certificate cannot be verified: out of memory");
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_STORE_CTX_set_default(context.get(), "ssl_client");
  X509_VERIFY_PARAM_set_depth(param, kMostIntermediates);
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(param, absl::ToTimeT(now));
  if (checks_lists_) X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  const int good = X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (good != 1) return Refuse(std::string("the certificate is no good: ") + X509_verify_cert_error_string(error));
  absl::Time end = absl::InfiniteFuture();
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) end = std::min(end, TimeOf(X509_get0_notAfter(sk_X509_value(chain, i))));
  return end;
}

bool ClientVerifier::VouchesFor(const PeerCertificate& peer) const { return StandsBehind(store_, peer.certificate(), peer.chain()); }

bool ClientVerifier::VouchesForAny(const ClientVerifier& other) const {
  STACK_OF(X509)* authorities = X509_STORE_get1_all_certs(other.store_);
  bool vouches = authorities == nullptr;
  for (int i = 0; i < sk_X509_num(authorities); ++i) {
    vouches = vouches || StandsBehind(store_, sk_X509_value(authorities, i), authorities);
  }
  sk_X509_pop_free(authorities, X509_free);
  return vouches;
}

}  // namespace postern::tls
