#include "gateway/recording/segment/signing.h"

#include <absl/status/status.h>
#include <absl/strings/escaping.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <utility>

namespace postern::recording {
namespace {

struct FreeAny {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using OwnedKey = std::unique_ptr<EVP_PKEY, FreeAny>;
using OwnedBio = std::unique_ptr<BIO, FreeAny>;
using OwnedContext = std::unique_ptr<EVP_MD_CTX, FreeAny>;

// OpenSSL fails here only when it is out of memory.
template <class Owned>
Owned Made(Owned made) {
  if (!made) std::abort();
  return made;
}

OwnedBio BioOver(std::string_view text) { return Made(OwnedBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())))); }

std::string TextOf(const OwnedBio& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

PublicKey PublicPartOf(const EVP_PKEY* key) {
  PublicKey raw;
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) std::abort();
  return raw;
}

bool IsEd25519(const EVP_PKEY* key) { return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519; }

// No pass phrase: nobody is there to be asked.
int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace

void SigningKey::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(std::unique_ptr<EVP_PKEY, Free> key) : key_(std::move(key)), public_key_(PublicPartOf(key_.get())) {}

SigningKey SigningKey::Generate() {
  return SigningKey(Made(std::unique_ptr<EVP_PKEY, Free>(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(std::string_view pem) {
  const OwnedBio bio = BioOver(pem);
  std::unique_ptr<EVP_PKEY, Free> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!key || !IsEd25519(key.get())) return absl::InvalidArgumentError("not an Ed25519 private key in PEM");
  return SigningKey(std::move(key));
}

std::string SigningKey::Pem() const {
  // Wipes what it held when it is freed.
  const OwnedBio bio = Made(OwnedBio(BIO_new(BIO_s_secmem())));
  if (PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) std::abort();
  return TextOf(bio);
}

Signature SigningKey::Sign(std::string_view message) const {
  const OwnedContext context = Made(OwnedContext(EVP_MD_CTX_new()));
  Signature signature;
  size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) != 1 ||
      size != signature.size()) {
    std::abort();
  }
  return signature;
}

bool IsSignedBy(const PublicKey& key, std::string_view message, const Signature& signature) {
  const OwnedKey owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const OwnedContext context(EVP_MD_CTX_new());
  return owned && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, owned.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

std::string PublicKeyPem(const PublicKey& key) {
  const OwnedKey owned = Made(OwnedKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size())));
  const OwnedBio bio = Made(OwnedBio(BIO_new(BIO_s_mem())));
  if (PEM_write_bio_PUBKEY(bio.get(), owned.get()) != 1) std::abort();
  return TextOf(bio);
}

absl::StatusOr<std::vector<PublicKey>> ParsePublicKeys(std::string_view pem) {
  const OwnedBio bio = BioOver(pem);
  std::vector<PublicKey> keys;
  while (const OwnedKey key{PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr)}) {
    if (!IsEd25519(key.get())) return absl::InvalidArgumentError("a public key that is not Ed25519");
    keys.push_back(PublicPartOf(key.get()));
  }
  if (keys.empty()) return absl::InvalidArgumentError("no Ed25519 public key in PEM");
  return keys;
}

std::string ToHex(std::string_view bytes) { return absl::BytesToHexString({bytes.data(), bytes.size()}); }

std::string Fingerprint(const PublicKey& key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) std::abort();
  return ToHex(ToBytes(digest).substr(0, 8));
}

}  // namespace postern::recording
