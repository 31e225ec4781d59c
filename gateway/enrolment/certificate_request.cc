#include "gateway/enrolment/certificate_request.h"

#include <absl/strings/ascii.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

namespace postern::enrolment {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;

struct FreeRequest {
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

// Nobody is at a terminal to type a pass phrase; without this OpenSSL would ask there.
int NoPassphrase(char*, int, int, void*) { return -1; }

bool IsGoodKey(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return true;
  if (EVP_PKEY_is_a(key, "RSA") == 1) return bits >= kMinRsaBits && bits <= kMaxRsaBits;
  if (EVP_PKEY_is_a(key, "EC") != 1) return false;
  std::array<char, 64> group{};
  size_t bytes = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &bytes) != 1) return false;
  const std::string_view name(group.data(), bytes);
  return name == "prime256v1" || name == "secp384r1";
}

}  // namespace

absl::StatusOr<Key> KeyOfRequest(std::string_view pem) {
  if (pem.empty() || pem.size() > kMaxRequestBytes) {
    return absl::InvalidArgumentError("certificate_request: a PEM text of at most 16 KiB");
  }
  ERR_clear_error();
  const std::unique_ptr<BIO, FreeBio> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509_REQ, FreeRequest> request(
      PEM_read_bio_X509_REQ(in.get(), nullptr, NoPassphrase, nullptr));
  char* left = nullptr;
  const long left_bytes = BIO_get_mem_data(in.get(), &left);
  const bool more = left_bytes > 0 && !absl::StripAsciiWhitespace({left, static_cast<size_t>(left_bytes)}).empty();
  EVP_PKEY* key = request == nullptr ? nullptr : X509_REQ_get0_pubkey(request.get());
  const bool good = key != nullptr && !more && IsGoodKey(key) && X509_REQ_verify(request.get(), key) == 1;
  ERR_clear_error();
  if (!good) {
    return absl::InvalidArgumentError(
        "certificate_request: not one PKCS #10 request, signed by its own key of EC P-256, P-384, Ed25519 or RSA");
  }
  EVP_PKEY_up_ref(key);
  return Key(key);
}

}  // namespace postern::enrolment
