#include "common/mysql/flow/auth_answer.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <array>

namespace postern::mysql {
namespace {

constexpr int kRsaBits = 2048;

std::string Digest(const EVP_MD* kind, std::string_view first, std::string_view second = "") {
  std::string out(static_cast<size_t>(EVP_MD_get_size(kind)), '\0');
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, kind, nullptr);
  EVP_DigestUpdate(context, first.data(), first.size());
  EVP_DigestUpdate(context, second.data(), second.size());
  EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out.data()), nullptr);
  EVP_MD_CTX_free(context);
  return out;
}

// Over as many bytes as `text` has; `mask` repeats.
void XorInto(std::string& text, std::string_view mask) {
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ mask[i % mask.size()]);
}

const unsigned char* U(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* U(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// SHA512(password): the first half, clamped, is the secret scalar; the second half seeds the nonce.
struct ExpandedKey {
  explicit ExpandedKey(std::string_view password) {
    crypto_hash_sha512(bytes.data(), U(password), password.size());
    bytes[0] &= 248;
    bytes[31] &= 63;
    bytes[31] |= 64;
  }
  ~ExpandedKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  const unsigned char* scalar() const { return bytes.data(); }
  std::string_view prefix() const { return {reinterpret_cast<const char*>(bytes.data()) + 32, 32}; }

  std::array<unsigned char, 64> bytes;
};

std::string ReducedHash(std::string_view data) {
  std::string hash(crypto_hash_sha512_BYTES, '\0');
  crypto_hash_sha512(U(hash), U(data), data.size());
  std::string scalar(crypto_core_ed25519_SCALARBYTES, '\0');
  crypto_core_ed25519_scalar_reduce(U(scalar), U(std::string_view(hash)));
  return scalar;
}

std::string PublicPoint(const unsigned char* scalar) {
  std::string point(crypto_core_ed25519_BYTES, '\0');
  if (crypto_scalarmult_ed25519_base_noclamp(U(point), scalar) != 0) point.clear();
  return point;
}

using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using CryptOperation = int (*)(EVP_PKEY_CTX*, unsigned char*, size_t*, const unsigned char*, size_t);

absl::StatusOr<std::string> RsaOaep(Context context, int ready, CryptOperation operation, std::string_view in) {
  absl::Status failed = absl::InvalidArgumentError("the password does not fit the RSA key or is not under it");
  if (ready <= 0 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0) return failed;
  size_t length = 0;
  std::string out;
  bool ok = operation(context.get(), nullptr, &length, U(in), in.size()) > 0;
  if (ok) {
    out.resize(length);
    ok = operation(context.get(), U(out), &length, U(in), in.size()) > 0;
  }
  ERR_clear_error();
  if (!ok) {
    WipeString(out);
    return failed;
  }
  out.resize(length);
  return out;
}

}  // namespace

std::string NativeAnswer(std::string_view password, std::string_view scramble) {
  if (password.empty()) return "";
  std::string stage1 = Digest(EVP_sha1(), password);
  XorInto(stage1, Digest(EVP_sha1(), scramble, Digest(EVP_sha1(), stage1)));
  return stage1;
}

std::string CachingSha2Answer(std::string_view password, std::string_view scramble) {
  if (password.empty()) return "";
  std::string stage1 = Digest(EVP_sha256(), password);
  XorInto(stage1, Digest(EVP_sha256(), Digest(EVP_sha256(), stage1), scramble));
  return stage1;
}

absl::StatusOr<std::string> Ed25519Answer(std::string_view password, std::string_view scramble) {
  if (sodium_init() < 0) return absl::InternalError("libsodium has no randomness");
  ExpandedKey key(password);
  std::string public_key = PublicPoint(key.scalar());
  std::string nonce = ReducedHash(std::string(key.prefix()).append(scramble));
  std::string commitment = PublicPoint(U(std::string_view(nonce)));
  std::string challenge = ReducedHash(commitment + public_key + std::string(scramble));

  std::string scalar(reinterpret_cast<const char*>(key.scalar()), 32);
  std::string response(crypto_core_ed25519_SCALARBYTES, '\0');
  crypto_core_ed25519_scalar_mul(U(response), U(std::string_view(challenge)), U(std::string_view(scalar)));
  crypto_core_ed25519_scalar_add(U(response), U(std::string_view(response)), U(std::string_view(nonce)));
  WipeString(scalar);
  WipeString(nonce);
  return commitment + response;
}

absl::StatusOr<std::string> Ed25519PublicKey(std::string_view password) {
  if (sodium_init() < 0) return absl::InternalError("libsodium has no randomness");
  std::string point = PublicPoint(ExpandedKey(password).scalar());
  std::string text(sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), U(std::string_view(point)), point.size(),
                    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  text.pop_back();  // the NUL
  return text;
}

void EvpPkeyDeleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

absl::StatusOr<OwnedKey> ParseRsaPublicKey(std::string_view pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  OwnedKey key(bio == nullptr ? nullptr : PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < kRsaBits) {
    return absl::InvalidArgumentError("not an RSA public key of 2048 bits or more");
  }
  return key;
}

absl::StatusOr<OwnedKey> NewRsaKey() {
  OwnedKey key(EVP_RSA_gen(kRsaBits));
  if (key == nullptr) return absl::InternalError("no RSA key could be made");
  return key;
}

std::string PublicKeyPem(EVP_PKEY* key) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  if (bio == nullptr || PEM_write_bio_PUBKEY(bio.get(), key) != 1) return "";
  char* data = nullptr;
  long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(length)};
}

absl::StatusOr<std::string> EncryptPassword(EVP_PKEY* key, std::string_view password, std::string_view scramble) {
  std::string plain(password);
  plain.push_back('\0');
  XorInto(plain, scramble);
  Context context(EVP_PKEY_CTX_new(key, nullptr), EVP_PKEY_CTX_free);
  int ready = context == nullptr ? 0 : EVP_PKEY_encrypt_init(context.get());
  auto encrypted = RsaOaep(std::move(context), ready, EVP_PKEY_encrypt, plain);
  WipeString(plain);
  return encrypted;
}

absl::StatusOr<Secret> DecryptPassword(EVP_PKEY* key, std::string_view encrypted, std::string_view scramble) {
  Context context(EVP_PKEY_CTX_new(key, nullptr), EVP_PKEY_CTX_free);
  int ready = context == nullptr ? 0 : EVP_PKEY_decrypt_init(context.get());
  auto plain = RsaOaep(std::move(context), ready, EVP_PKEY_decrypt, encrypted);
  if (!plain.ok()) return plain.status();
  XorInto(*plain, scramble);
  bool ends_well = !plain->empty() && plain->back() == '\0';
  Secret secret(ends_well ? std::string_view(*plain).substr(0, plain->size() - 1) : std::string_view());
  WipeString(*plain);
  if (!ends_well) return absl::InvalidArgumentError("the decrypted password has no end");
  return secret;
}

}  // namespace postern::mysql
