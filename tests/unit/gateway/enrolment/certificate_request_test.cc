// What is taken as a certificate request, and what is not.
#include "gateway/enrolment/certificate_request.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <string>

#include "relay-agent/joining/new_key.h"

namespace postern::enrolment {
namespace {

std::string RequestOf(EVP_PKEY* key, EVP_PKEY* signer) {
  X509_REQ* request = X509_REQ_new();
  X509_REQ_set_pubkey(request, key);
  const EVP_MD* digest = EVP_PKEY_is_a(signer, "ED25519") == 1 ? nullptr : EVP_sha256();
  REQUIRE(X509_REQ_sign(request, signer, digest) > 0);
  BIO* out = BIO_new(BIO_s_mem());
  REQUIRE(PEM_write_bio_X509_REQ(out, request) == 1);
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(out, &data);
  std::string pem(data, static_cast<size_t>(bytes));
  BIO_free(out);
  X509_REQ_free(request);
  return pem;
}

TEST_CASE("keys of every good kind are taken, and weak ones are not") {
  const Key p256(EVP_EC_gen("P-256"));
  const Key p384(EVP_EC_gen("P-384"));
  const Key ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Key rsa(EVP_RSA_gen(2048));
  for (EVP_PKEY* key : {p256.get(), p384.get(), ed25519.get(), rsa.get()}) CHECK(KeyOfRequest(RequestOf(key, key)).ok());
  const Key p224(EVP_EC_gen("P-224"));
  const Key short_rsa(EVP_RSA_gen(1024));
  for (EVP_PKEY* key : {p224.get(), short_rsa.get()}) CHECK_FALSE(KeyOfRequest(RequestOf(key, key)).ok());
}

TEST_CASE("a request that its own key did not sign is refused") {
  const Key mine(EVP_EC_gen("P-256"));
  const Key theirs(EVP_EC_gen("P-256"));
  CHECK_FALSE(KeyOfRequest(RequestOf(theirs.get(), mine.get())).ok());
}

TEST_CASE("no piece of a request, and nothing beside one, is taken for it") {
  const std::string pem = relay::MakeKey("relay-1")->request;
  REQUIRE(KeyOfRequest(pem).ok());
  for (size_t bytes = 0; bytes + 1 < pem.size(); ++bytes) {
    INFO(bytes);
    CHECK_FALSE(KeyOfRequest(std::string_view(pem).substr(0, bytes)).ok());
  }
  CHECK(KeyOfRequest(pem + "\n").ok());
  CHECK_FALSE(KeyOfRequest(pem + pem).ok());
  CHECK_FALSE(KeyOfRequest(pem + std::string(kMaxRequestBytes, '\n')).ok());
  for (size_t i = 40; i < pem.size() - 40; i += 7) {
    std::string changed = pem;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    INFO(i);
    if (changed != pem) CHECK_FALSE(KeyOfRequest(changed).ok());
  }
}

}  // namespace
}  // namespace postern::enrolment
