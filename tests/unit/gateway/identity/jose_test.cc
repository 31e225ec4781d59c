// Tokens, key sets and signatures: what is believed, and everything that is not.
#include <openssl/hmac.h>

#include <catch2/catch.hpp>
#include <string>

#include "gateway/identity/jose/base64url.h"
#include "gateway/identity/jose/json.h"
#include "gateway/identity/jose/verify.h"
#include "tests/unit/gateway/identity/signer.h"

namespace postern::identity {
namespace {

const Json kClaims = {{"iss", "https://idp.example.com"}, {"sub", "bot"}, {"exp", 1'800'000'000}};

jose::KeySet KeysOf(const std::vector<Json>& jwks) {
  auto keys = jose::ParseKeySet(KeySetText(jwks));
  REQUIRE(keys.ok());
  return *std::move(keys);
}

// Whether a token is good under a key set: it parses, means one key, and that key signed it.
bool Good(const jose::KeySet& keys, const std::string& text) {
  const auto token = jose::ParseJwt(text);
  if (!token.ok()) return false;
  const jose::Key* key = keys.Find(*token);
  return key != nullptr && jose::Verify(*key, *token);
}

std::string WhyNot(const std::string& text) { return std::string(jose::ParseJwt(text).status().message()); }

std::string With(Json object, const std::string& key, const Json& value) {
  object[key] = value;
  return object.dump();
}

TEST_CASE("base64url has one spelling of each value") {
  CHECK(jose::DecodeBase64Url("") == "");
  CHECK(jose::DecodeBase64Url("AA") == std::string(1, '\0'));
  CHECK(jose::DecodeBase64Url("_-8") == "\xFF\xEF");
  for (const char* wrong : {"A", "AAAAA", "AB", "AA=", "AA==", "A A", "AA\n", "+-8", "/-8", "AAB", "\xC3\xA4"}) {
    INFO(wrong);
    CHECK_FALSE(jose::DecodeBase64Url(wrong).has_value());
  }
}

TEST_CASE("JSON from strangers is bounded and has one reading") {
  const jose::JsonLimits limits{.bytes = 64, .depth = 3, .values = 6};
  CHECK(jose::ParseObject(R"({"a":[1,{"b":null}]})", limits).ok());
  const std::string wrong[] = {"",
                               "[]",
                               "1",
                               "{",
                               R"({"a":1}x)",
                               R"({"a":1,"a":2})",
                               R"({"o":{"a":1,"b":2,"a":3}})",
                               R"({"a":[[[]]]})",
                               R"({"a":[1,2,3,4,5]})",
                               R"({"a":1e999})",
                               "{\"a\":\"\xFF\"}",
                               "{\"a\":NaN}",
                               R"({"a":")" + std::string(64, 'x') + R"("})",
                               "{'a':1}",
                               R"({"a":1,})",
                               std::string("{\"a\":1}\0", 8)};
  for (const std::string& text : wrong) {
    INFO(text);
    CHECK_FALSE(jose::ParseObject(text, limits).ok());
  }
}

TEST_CASE("each algorithm verifies what its key signed, and nothing else") {
  for (const Algorithm algorithm : jose::kAlgorithms) {
    INFO(std::string(jose::NameOf(algorithm)));
    const Signer signer(algorithm);
    const Signer stranger(algorithm);
    const jose::KeySet keys = KeysOf({signer.Jwk()});
    const std::string token = signer.Token(kClaims);
    CHECK(Good(keys, token));
    CHECK_FALSE(Good(keys, stranger.Token(kClaims)));
    // Every truncation, and a change of every character.
    for (size_t i = 0; i < token.size(); ++i) {
      INFO(i);
      CHECK_FALSE(Good(keys, token.substr(0, i)));
      if (i % 7 != 0 && i + 8 < token.size()) continue;
      std::string tampered = token;
      tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
      CHECK_FALSE(Good(keys, tampered));
    }
    CHECK_FALSE(Good(keys, token + "A"));
    CHECK_FALSE(Good(keys, token + "="));
  }
}

TEST_CASE("a signature is never read as another algorithm's") {
  const Signer rsa(Algorithm::kRs256, "rsa");
  const Signer pss(Algorithm::kPs256, "rsa");
  const Signer p256(Algorithm::kEs256, "ec");
  const Signer p384(Algorithm::kEs384, "ec384");
  const jose::KeySet keys = KeysOf({rsa.Jwk(), p256.Jwk(), p384.Jwk()});
  for (const Algorithm algorithm : jose::kAlgorithms) {
    for (const Signer* signer : {&rsa, &p256, &p384}) {
      Json header = signer->Header();
      if (header["alg"] == std::string(jose::NameOf(algorithm))) continue;
      header["alg"] = std::string(jose::NameOf(algorithm));
      CHECK_FALSE(Good(keys, signer->Token(header, kClaims.dump())));
    }
  }
  CHECK_FALSE(Good(keys, pss.Token(kClaims)));
}

TEST_CASE("none, shared secrets and what nobody has heard of have no name here") {
  const Signer signer(Algorithm::kRs256);
  const std::string payload = Base64Url(kClaims.dump());
  for (const char* name :
       {"none", "None", "nOnE", "", "HS256", "HS384", "HS512", "rs256", "RS1", "ES256K", "ES512", "Ed25519"}) {
    Json header = signer.Header();
    header["alg"] = name;
    INFO(name);
    CHECK(WhyNot(Base64Url(header.dump()) + "." + payload + ".") ==
          "the token is signed in a way that is not believed (alg)");
    CHECK_FALSE(jose::ParseJwt(signer.Token(header, kClaims.dump())).ok());
  }
  // The classic: the public key as the secret of an HMAC.
  Json header = signer.Header();
  header["alg"] = "HS256";
  const std::string text = Base64Url(header.dump()) + "." + payload;
  const std::string secret = signer.Jwk().dump();
  std::string digest(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  CHECK_FALSE(Good(KeysOf({signer.Jwk()}), text + "." + Base64Url(digest)));
}

TEST_CASE("headers that ask for more than is understood are refused") {
  const Signer signer(Algorithm::kEs256);
  const auto parses = [&](const std::string& header) {
    const std::string text = Base64Url(header) + "." + Base64Url(kClaims.dump());
    return jose::ParseJwt(text + "." + Base64Url(signer.Sign(text))).ok();
  };
  CHECK(parses(signer.Header().dump()));
  CHECK(parses(With(signer.Header(), "typ", "at+JWT")));
  CHECK(parses(With(signer.Header(), "jku", "https://evil.example")));  // never looked at
  CHECK_FALSE(parses(With(signer.Header(), "crit", Json::array({"exp"}))));
  CHECK_FALSE(parses(With(signer.Header(), "typ", "logout+jwt")));
  CHECK_FALSE(parses(With(signer.Header(), "typ", 1)));
  CHECK_FALSE(parses(With(signer.Header(), "kid", 1)));
  CHECK_FALSE(parses(With(signer.Header(), "kid", "")));
  CHECK_FALSE(parses(With(signer.Header(), "kid", std::string(257, 'k'))));
  CHECK_FALSE(parses(R"({"alg":"none","alg":"ES256","kid":"k1"})"));
  CHECK_FALSE(parses(R"(["ES256"])"));
  CHECK_FALSE(jose::ParseJwt("a.b.c.d.e").ok());
  CHECK_FALSE(jose::ParseJwt(std::string(jose::kMaxTokenBytes, 'A') + "..").ok());
}

TEST_CASE("a key set's keys are used only for what they are for") {
  const Signer signer(Algorithm::kEs256);
  const std::string token = signer.Token(kClaims);
  const auto with = [&](const std::string& key, const Json& value) {
    Json jwk = signer.Jwk();
    jwk[key] = value;
    return Good(KeysOf({jwk}), token);
  };
  CHECK(with("use", "sig"));
  CHECK(with("use", "jwt-svid"));
  CHECK_FALSE(with("use", "enc"));
  CHECK(with("key_ops", {"verify"}));
  CHECK_FALSE(with("key_ops", {"encrypt"}));
  CHECK(with("alg", "ES256"));
  CHECK_FALSE(with("alg", "ES384"));
  CHECK_FALSE(with("alg", "HS256"));
  CHECK_FALSE(with("d", "AAAA"));
  CHECK_FALSE(with("crv", "P-384"));
  CHECK_FALSE(with("crv", "secp256k1"));
  CHECK_FALSE(with("x", signer.Jwk()["y"]));  // off the curve
  CHECK_FALSE(with("kty", "oct"));
  CHECK_FALSE(with("kid", 7));
}

TEST_CASE("weak and absurd RSA keys are passed over") {
  const Signer weak(Algorithm::kRs256, "weak", 1024);
  CHECK(KeysOf({weak.Jwk()}).keys.empty());
  const Signer good(Algorithm::kRs256);
  for (const char* exponent : {"AQ", "AA", "Ag", "AQAAAAAB"}) {  // 1, 0, 2, and one of six bytes
    Json jwk = good.Jwk();
    jwk["e"] = exponent;
    INFO(exponent);
    CHECK(KeysOf({jwk}).keys.empty());
  }
  Json jwk = good.Jwk();
  jwk["n"] = Base64Url(std::string(4096, '\xFF'));
  CHECK(KeysOf({jwk}).keys.empty());
}

TEST_CASE("a token means one key or none") {
  const Signer first(Algorithm::kEs256, "a");
  const Signer second(Algorithm::kEs256, "b");
  Json header = first.Header();
  header.erase("kid");
  const std::string unnamed = first.Token(header, kClaims.dump());
  CHECK(Good(KeysOf({first.Jwk()}), unnamed));
  CHECK_FALSE(Good(KeysOf({first.Jwk(), second.Jwk()}), unnamed));
  CHECK(Good(KeysOf({first.Jwk(), second.Jwk()}), first.Token(kClaims)));
  CHECK_FALSE(Good(KeysOf({second.Jwk()}), first.Token(kClaims)));
  Json twin = second.Jwk();
  twin["kid"] = "a";
  CHECK_FALSE(Good(KeysOf({first.Jwk(), twin}), first.Token(kClaims)));
}

TEST_CASE("what is no key set is refused whole; one without keys is one") {
  CHECK(jose::ParseKeySet(R"({"keys":[]})")->keys.empty());
  CHECK(jose::ParseKeySet(R"({"keys":[1,null,{},{"kty":"RSA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})")
            ->keys.empty());
  for (const char* wrong : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "<html>"}) {
    INFO(wrong);
    CHECK_FALSE(jose::ParseKeySet(wrong).ok());
  }
  CHECK_FALSE(jose::ParseKeySet(KeySetText(std::vector<Json>(jose::kMaxKeys + 1, Json::object()))).ok());
}

}  // namespace
}  // namespace postern::identity
