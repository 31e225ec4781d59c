#include "relay-agent/joining/new_key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace postern::relay {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeRequest {
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::string TextOf(const Bio& bio) {
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(bio.get(), &data);
  return bytes > 0 ? std::string(data, static_cast<size_t>(bytes)) : "";
}

}  // namespace

NewKey::~NewKey() { OPENSSL_cleanse(key.data(), key.size()); }

absl::StatusOr<NewKey> MakeKey(const std::string& common_name) {
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, FreeKey> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509_REQ, FreeRequest> request(X509_REQ_new());
  const Bio key_text(BIO_new(BIO_s_secmem()));
  const Bio request_text(BIO_new(BIO_s_mem()));
  const bool made =
      key != nullptr && X509_REQ_set_version(request.get(), 0) == 1 &&
      X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) == 1 &&
      X509_REQ_set_pubkey(request.get(), key.get()) == 1 && X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0 &&
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
      PEM_write_bio_X509_REQ(request_text.get(), request.get()) == 1;
  if (!made) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL could not make a key");
  }
  NewKey text;
  text.key = TextOf(key_text);
  text.request = TextOf(request_text);
  return text;
}

}  // namespace postern::relay
