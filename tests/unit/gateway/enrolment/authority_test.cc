// The authority for relays: kept over starts, and certificates that TLS takes as clients' and as nothing else.
#include "gateway/enrolment/authority.h"

#include <absl/time/clock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "relay-agent/joining/new_key.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::enrolment {
namespace {

X509* Parse(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  REQUIRE(certificate != nullptr);
  return certificate;
}

// X509_V_OK, or what is wrong with it for that purpose.
int Verify(const std::string& pem, const std::string& authority, int purpose) {
  X509* certificate = Parse(pem);
  X509* root = Parse(authority);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, root);
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate, nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  X509_free(root);
  X509_free(certificate);
  return error;
}

std::string SignedFor(const Authority& authority, absl::Time now, absl::Duration ttl) {
  auto key = KeyOfRequest(relay::MakeKey("relay-1")->request);
  REQUIRE(key.ok());
  auto pem = authority.Sign(*key, {"relay-1", "spiffe://" + authority.trust_domain() + "/epoch/1/relay/relay-1"}, now, ttl);
  REQUIRE(pem.ok());
  return *pem;
}

TEST_CASE("an authority is made once, for its owner alone") {
  TempFolder folder;
  const std::filesystem::path file = folder.path() / "authority.pem";
  const auto first = Authority::Open(file);
  REQUIRE(first.ok());
  CHECK(std::filesystem::status(file).permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  const auto second = Authority::Open(file);
  REQUIRE(second.ok());
  CHECK((*first)->certificate() == (*second)->certificate());
  CHECK((*first)->trust_domain() == (*second)->trust_domain());
  CHECK((*first)->certificate().find("PRIVATE KEY") == std::string::npos);
}

TEST_CASE("a damaged authority stops the start and is not replaced") {
  TempFolder folder;
  const std::filesystem::path file = folder.path() / "authority.pem";
  REQUIRE(Authority::Open(file).ok());
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  CHECK_FALSE(Authority::Open(file).ok());
  CHECK_FALSE(Authority::Open(file).ok());
}

TEST_CASE("a relay's certificate is a client's, for its time, of this authority only") {
  TempFolder folder;
  const auto authority = Authority::Open(folder.path() / "authority.pem");
  const auto other = Authority::Open(folder.path() / "other.pem");
  REQUIRE(authority.ok());
  const std::string good = SignedFor(**authority, absl::Now(), absl::Hours(1));
  CHECK(Verify(good, (*authority)->certificate(), X509_PURPOSE_SSL_CLIENT) == X509_V_OK);
  CHECK(Verify(good, (*authority)->certificate(), X509_PURPOSE_SSL_SERVER) != X509_V_OK);
  CHECK(Verify(good, (*other)->certificate(), X509_PURPOSE_SSL_CLIENT) != X509_V_OK);
  const std::string expired = SignedFor(**authority, absl::Now() - absl::Hours(2), absl::Hours(1));
  CHECK(Verify(expired, (*authority)->certificate(), X509_PURPOSE_SSL_CLIENT) == X509_V_ERR_CERT_HAS_EXPIRED);
  X509* certificate = Parse(good);
  CHECK(X509_check_ca(certificate) == 0);
  X509_free(certificate);
}

}  // namespace
}  // namespace postern::enrolment
