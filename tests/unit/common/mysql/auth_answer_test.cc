#include <openssl/evp.h>
#include <catch2/catch.hpp>

#include <string>

#include "absl/strings/escaping.h"
#include "common/mysql/flow/auth_answer.h"

namespace postern::mysql {
namespace {

const std::string kScramble = "abcdefghijklmnopqrst";

// Computed with another implementation (Python's hashlib).
TEST_CASE("scramble answers match known ones") {
  CHECK(absl::BytesToHexString(NativeAnswer("secret", kScramble)) == "8817c50fa779daef010ee7577825b0847df9842e");
  CHECK(absl::BytesToHexString(CachingSha2Answer("secret", kScramble)) ==
        "c76e2898612a4cf042c77fa8c4702c4c64c0c2c557c53c4d75595aaa6abae809");
  CHECK(NativeAnswer("", kScramble).empty());
  CHECK(CachingSha2Answer("", kScramble).empty());
}

// The key MariaDB's documentation gives for ed25519_password('secret').
TEST_CASE("ed25519 keys are MariaDB's and its signatures verify as standard ones") {
  CHECK(*Ed25519PublicKey("secret") == "ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY");
  std::string key;
  REQUIRE(absl::Base64Unescape(*Ed25519PublicKey("secret") + "=", &key));
  std::string scramble(32, 's');
  std::string signature = *Ed25519Answer("secret", scramble);
  REQUIRE(signature.size() == 64);

  auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  OwnedKey public_key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(key), key.size()));
  REQUIRE(public_key != nullptr);
  auto verifies = [&](const std::string& what) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key.get());
    int result = EVP_DigestVerify(context, bytes(signature), signature.size(), bytes(what), what.size());
    EVP_MD_CTX_free(context);
    return result == 1;
  };
  CHECK(verifies(scramble));
  CHECK_FALSE(verifies(std::string(32, 't')));
}

TEST_CASE("a password under the RSA key comes out again, and only whole") {
  OwnedKey key = *NewRsaKey();
  OwnedKey public_key = *ParseRsaPublicKey(PublicKeyPem(key.get()));
  std::string encrypted = *EncryptPassword(public_key.get(), "pst_0123456789", kScramble);
  CHECK(DecryptPassword(key.get(), encrypted, kScramble)->Reveal() == "pst_0123456789");
  CHECK(DecryptPassword(key.get(), *EncryptPassword(public_key.get(), "", kScramble), kScramble)->empty());

  CHECK_FALSE(DecryptPassword(key.get(), encrypted, "tsrqponmlkjihgfedcba").ok());
  encrypted[7] = static_cast<char>(encrypted[7] ^ 1);
  CHECK_FALSE(DecryptPassword(key.get(), encrypted, kScramble).ok());
  CHECK_FALSE(DecryptPassword(key.get(), "short", kScramble).ok());
  CHECK_FALSE(EncryptPassword(public_key.get(), std::string(300, 'x'), kScramble).ok());
  CHECK_FALSE(ParseRsaPublicKey("-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----\n").ok());
}

TEST_CASE("a secret that moved leaves nothing behind") {
  Secret first("token");
  Secret second(std::move(first));
  CHECK(first.empty());
  CHECK(second.Reveal() == "token");
  first = std::move(second);
  CHECK(second.empty());
  first.Wipe();
  CHECK(first.empty());
}

}  // namespace
}  // namespace postern::mysql
