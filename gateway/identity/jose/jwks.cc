#include "gateway/identity/jose/jwks.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/identity/jose/base64url.h"
#include "gateway/identity/jose/json.h"

namespace postern::jose {
namespace {

constexpr JsonLimits kLimits{.bytes = kMaxKeySetBytes, .depth = 8, .values = 8192};
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // beyond, checking one signature takes milliseconds
constexpr size_t kMaxExponentBytes = 4;
constexpr size_t kEd25519Bytes = 32;

struct FreeAny {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeAny>;

const unsigned char* Unsigned(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// A member in base64url; nothing when it is absent or empty.
std::optional<std::string> BytesIn(const Json& jwk, const char* name) {
  const std::string* text = TextIn(jwk, name);
  if (text == nullptr || text->empty()) return std::nullopt;
  return DecodeBase64Url(*text);
}

Owned<BIGNUM> Number(const std::string& bytes) {
  return Owned<BIGNUM>(BN_bin2bn(Unsigned(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Null when the parts make no key of the type: a point off its curve, say.
PublicKey KeyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  PublicKey key(made);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check != nullptr && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

PublicKey RsaKey(const Json& jwk) {
  const auto modulus = BytesIn(jwk, "n");
  const auto exponent = BytesIn(jwk, "e");
  if (!modulus || !exponent || exponent->size() > kMaxExponentBytes || modulus->size() > kMaxRsaBits / 8)
    return nullptr;
  const Owned<BIGNUM> n = Number(*modulus);
  const Owned<BIGNUM> e = Number(*exponent);
  if (BN_num_bits(n.get()) < kMinRsaBits || !BN_is_odd(e.get()) || BN_is_one(e.get())) return nullptr;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return KeyFrom("RSA", builder.get());
}

PublicKey EcKey(const Json& jwk, const char* group, size_t coordinate_bytes) {
  const auto x = BytesIn(jwk, "x");
  const auto y = BytesIn(jwk, "y");
  if (!x || !y || x->size() != coordinate_bytes || y->size() != coordinate_bytes) return nullptr;
  const std::string point = "\x04" + *x + *y;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return KeyFrom("EC", builder.get());
}

PublicKey EdwardsKey(const Json& jwk) {
  const auto x = BytesIn(jwk, "x");
  if (!x || x->size() != kEd25519Bytes) return nullptr;
  return PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Unsigned(*x), x->size()));
}

// Type and curve decide what a key can do; a token's `alg` never does.
void ReadType(const Json& jwk, Key& key) {
  const std::string* type = TextIn(jwk, "kty");
  const std::string* curve = TextIn(jwk, "crv");
  if (type == nullptr) return;
  if (*type == "RSA") {
    key.key = RsaKey(jwk);
    key.algorithms = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512, Algorithm::kPs256};
  } else if (*type == "EC" && curve != nullptr && *curve == "P-256") {
    key.key = EcKey(jwk, "P-256", 32);
    key.algorithms = {Algorithm::kEs256};
  } else if (*type == "EC" && curve != nullptr && *curve == "P-384") {
    key.key = EcKey(jwk, "P-384", 48);
    key.algorithms = {Algorithm::kEs384};
  } else if (*type == "OKP" && curve != nullptr && *curve == "Ed25519") {
    key.key = EdwardsKey(jwk);
    key.algorithms = {Algorithm::kEdDsa};
  }
}

// SPIFFE bundles mark the keys of JWT-SVIDs with a use of their own.
bool IsForSignatures(const Json& jwk) {
  if (jwk.contains("use")) {
    const std::string* use = TextIn(jwk, "use");
    if (use == nullptr || (*use != "sig" && *use != "jwt-svid")) return false;
  }
  if (!jwk.contains("key_ops")) return true;
  const Json& operations = jwk["key_ops"];
  return operations.is_array() && std::find(operations.begin(), operations.end(), "verify") != operations.end();
}

// Its private half is out: whoever reads the set can sign.
bool ShowsItsSecret(const Json& jwk) { return jwk.contains("d") || jwk.contains("k"); }

std::string FingerprintOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int bytes = i2d_PUBKEY(key, &der);
  if (bytes <= 0) return "";
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(der, static_cast<size_t>(bytes), digest);
  OPENSSL_free(der);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), sizeof digest});
}

// Nothing for a key that is not ours to use.
std::optional<Key> ReadKey(const Json& jwk) {
  if (!jwk.is_object() || !IsForSignatures(jwk) || ShowsItsSecret(jwk)) return std::nullopt;
  Key key;
  if (jwk.contains("kid")) {
    const std::string* id = TextIn(jwk, "kid");
    if (id == nullptr || id->size() > kMaxKeyIdBytes) return std::nullopt;
    key.id = *id;
  }
  ReadType(jwk, key);
  if (key.key == nullptr) return std::nullopt;
  if (jwk.contains("alg")) {
    const std::string* name = TextIn(jwk, "alg");
    const auto only = name == nullptr ? std::nullopt : AlgorithmFrom(*name);
    std::erase_if(key.algorithms, [&only](Algorithm algorithm) { return algorithm != only; });
  }
  key.fingerprint = FingerprintOf(key.key.get());
  if (key.algorithms.empty() || key.fingerprint.empty()) return std::nullopt;
  return key;
}

bool CanSign(const Key& key, Algorithm algorithm) {
  return std::find(key.algorithms.begin(), key.algorithms.end(), algorithm) != key.algorithms.end();
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

const Key* KeySet::Find(const Jwt& token) const {
  const Key* found = nullptr;
  for (const Key& key : keys) {
    if (!token.key_id.empty() && key.id != token.key_id) continue;
    if (!CanSign(key, token.algorithm)) continue;
    if (found != nullptr) return nullptr;
    found = &key;
  }
  return found;
}

bool KeySet::Has(std::string_view fingerprint) const {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.fingerprint == fingerprint; });
}

absl::StatusOr<KeySet> ParseKeySet(std::string_view text) {
  const absl::StatusOr<Json> set = ParseObject(text, kLimits);
  if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat("the key set ", set.status().message()));
  const auto list = set->find("keys");
  if (list == set->end() || !list->is_array()) return absl::InvalidArgumentError("the key set has no list `keys`");
  if (list->size() > kMaxKeys) return absl::InvalidArgumentError("the key set has too many keys");
  KeySet keys;
  for (const Json& jwk : *list) {
    if (std::optional<Key> key = ReadKey(jwk)) keys.keys.push_back(*std::move(key));
  }
  // What OpenSSL noted of a bad key must not turn up in another's error.
  ERR_clear_error();
  return keys;
}

}  // namespace postern::jose
