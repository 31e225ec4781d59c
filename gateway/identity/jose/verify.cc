#include "gateway/identity/jose/verify.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "gateway/identity/jose/base64url.h"

namespace postern::jose {
namespace {

struct FreeAny {
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};

const unsigned char* Unsigned(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// Ed25519 brings its own digest.
const EVP_MD* DigestOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
    case Algorithm::kPs256:
    case Algorithm::kEs256:
      return EVP_sha256();
    case Algorithm::kRs384:
    case Algorithm::kEs384:
      return EVP_sha384();
    case Algorithm::kRs512:
      return EVP_sha512();
    case Algorithm::kEdDsa:
      break;
  }
  return nullptr;
}

// 0 for algorithms whose signatures are not two numbers.
size_t EcNumberBytes(Algorithm algorithm) {
  if (algorithm == Algorithm::kEs256) return 32;
  return algorithm == Algorithm::kEs384 ? 48 : 0;
}

// JOSE writes r and s side by side, of fixed length (RFC 7518, 3.4); OpenSSL wants them in DER. Empty when they are not
// that.
std::string DerFrom(const std::string& numbers, size_t number_bytes) {
  if (numbers.size() != 2 * number_bytes) return "";
  const std::unique_ptr<ECDSA_SIG, FreeAny> pair(ECDSA_SIG_new());
  const int bytes = static_cast<int>(number_bytes);
  if (pair == nullptr || ECDSA_SIG_set0(pair.get(), BN_bin2bn(Unsigned(numbers), bytes, nullptr),
                                        BN_bin2bn(Unsigned(numbers) + number_bytes, bytes, nullptr)) != 1) {
    return "";
  }
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  if (length <= 0) return "";
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return text;
}

bool SetPadding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  if (algorithm != Algorithm::kPs256) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool Signed(EVP_PKEY* key, Algorithm algorithm, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeAny> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  if (context == nullptr || EVP_DigestVerifyInit(context.get(), &options, DigestOf(algorithm), nullptr, key) != 1 ||
      !SetPadding(options, algorithm)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Unsigned(signature), signature.size(), Unsigned(text), text.size()) == 1;
}

}  // namespace

bool Verify(const Key& key, const Jwt& token) {
  const auto& can = key.algorithms;
  if (std::find(can.begin(), can.end(), token.algorithm) == can.end()) return false;
  std::optional<std::string> signature = DecodeBase64Url(token.signature);
  if (!signature) return false;
  const size_t number_bytes = EcNumberBytes(token.algorithm);
  std::string der = number_bytes == 0 ? std::string() : DerFrom(*signature, number_bytes);
  const bool good = Signed(key.key.get(), token.algorithm, token.signed_text, number_bytes == 0 ? *signature : der);
  OPENSSL_cleanse(signature->data(), signature->size());
  OPENSSL_cleanse(der.data(), der.size());
  // A bad signature is no fault of ours: what OpenSSL noted of it must not turn up in another's error.
  ERR_clear_error();
  return good;
}

}  // namespace postern::jose
