// An issuer in miniature: a private key, its JWK, and tokens signed with it.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_IDENTITY_SIGNER_H_
#define POSTERN_TESTS_UNIT_GATEWAY_IDENTITY_SIGNER_H_

#include <absl/strings/escaping.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/identity/jose/algorithm.h"
#include "gateway/identity/jose/jwks.h"

namespace postern::identity {

using jose::Algorithm;
using jose::Json;

inline std::string Base64Url(const std::string& bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

class Signer {
 public:
  explicit Signer(Algorithm algorithm, std::string id = "k1", unsigned rsa_bits = 2048)
      : algorithm_(algorithm), id_(std::move(id)), key_(Generate(algorithm, rsa_bits)) {}

  Json Jwk() const {
    Json jwk = {{"kid", id_}, {"use", "sig"}};
    switch (algorithm_) {
      case Algorithm::kEs256:
      case Algorithm::kEs384:
        jwk["kty"] = "EC";
        jwk["crv"] = algorithm_ == Algorithm::kEs256 ? "P-256" : "P-384";
        jwk["x"] = Number(OSSL_PKEY_PARAM_EC_PUB_X, NumberBytes());
        jwk["y"] = Number(OSSL_PKEY_PARAM_EC_PUB_Y, NumberBytes());
        break;
      case Algorithm::kEdDsa: {
        std::string raw(32, '\0');
        size_t bytes = raw.size();
        EVP_PKEY_get_raw_public_key(key_.get(), Data(raw), &bytes);
        jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", Base64Url(raw)}});
        break;
      }
      default:
        jwk["kty"] = "RSA";
        jwk["n"] = Number(OSSL_PKEY_PARAM_RSA_N, 0);
        jwk["e"] = Number(OSSL_PKEY_PARAM_RSA_E, 0);
    }
    return jwk;
  }

  Json Header() const { return {{"alg", std::string(jose::NameOf(algorithm_))}, {"typ", "JWT"}, {"kid", id_}}; }
  std::string Token(const Json& claims) const { return Token(Header(), claims.dump()); }
  std::string Token(const Json& header, const std::string& payload) const {
    const std::string text = Base64Url(header.dump()) + "." + Base64Url(payload);
    return text + "." + Base64Url(Sign(text));
  }

  std::string Sign(const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context, &options, Digest(), nullptr, key_.get());
    if (algorithm_ == Algorithm::kPs256) {
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    size_t bytes = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &bytes, data, text.size());
    std::string signature(bytes, '\0');
    EVP_DigestSign(context, Data(signature), &bytes, data, text.size());
    signature.resize(bytes);
    EVP_MD_CTX_free(context);
    return NumberBytes() == 0 ? signature : SideBySide(signature);
  }

 private:
  static unsigned char* Data(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

  static jose::PublicKey Generate(Algorithm algorithm, unsigned rsa_bits) {
    EVP_PKEY* key = algorithm == Algorithm::kEs256   ? EVP_EC_gen("P-256")
                    : algorithm == Algorithm::kEs384 ? EVP_EC_gen("P-384")
                    : algorithm == Algorithm::kEdDsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                                     : EVP_RSA_gen(rsa_bits);
    if (key == nullptr) throw std::runtime_error("no key");
    return jose::PublicKey(key);
  }

  const EVP_MD* Digest() const {
    if (algorithm_ == Algorithm::kEdDsa) return nullptr;
    if (algorithm_ == Algorithm::kRs512) return EVP_sha512();
    return algorithm_ == Algorithm::kRs384 || algorithm_ == Algorithm::kEs384 ? EVP_sha384() : EVP_sha256();
  }

  int NumberBytes() const { return algorithm_ == Algorithm::kEs256 ? 32 : algorithm_ == Algorithm::kEs384 ? 48 : 0; }

  std::string Number(const char* name, int bytes) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &number);
    std::string text(static_cast<size_t>(bytes == 0 ? BN_num_bytes(number) : bytes), '\0');
    BN_bn2binpad(number, Data(text), static_cast<int>(text.size()));
    BN_free(number);
    return Base64Url(text);
  }

  std::string SideBySide(const std::string& der) const {
    const auto* data = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()));
    std::string numbers(static_cast<size_t>(2 * NumberBytes()), '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), Data(numbers), NumberBytes());
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), Data(numbers) + NumberBytes(), NumberBytes());
    ECDSA_SIG_free(pair);
    return numbers;
  }

  const Algorithm algorithm_;
  const std::string id_;
  const jose::PublicKey key_;
};

inline std::string KeySetText(const std::vector<Json>& jwks) { return Json{{"keys", jwks}}.dump(); }

}  // namespace postern::identity

#endif  // POSTERN_TESTS_UNIT_GATEWAY_IDENTITY_SIGNER_H_
