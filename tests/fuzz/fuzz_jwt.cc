// Property: any text is a token or none; one that is has its parts in their places and claims that are an object; and
// nothing is good under keys whose private halves are gone.
#include <absl/strings/escaping.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/identity/jose/verify.h"

using namespace postern::jose;

namespace {

constexpr char kKeySet[] =
    R"({"keys":[{"kty":"RSA","kid":"r","e":"AQAB","n":"r7k5awHwOTXRb84EGNSBP4xhN1h1wM5nFbMk5NGaSrhSoMfaFU_gc9khi)"
    R"(_zns-dYa-79TEMlXDbtGd14IiHyoiEpM4juEsZNI23dPFHKH4NxS5yZV2pP5M1AVQGpb0W7CvNqrv8W3yu8_eE4U8FklFa0K5WWq8Kayh)"
    R"(rOv7YACzHSgY4ljijHkV-XrshMKwCOG3HaGtJVoOW8LcdKQr_RAJ2v7ZztzdtiP0Gs8mCjf0fE8j3m2JrMPh9DCHSze9AaF6W4ZV6IdRc)"
    R"(C_DhFkkF7N8FlomGjdCqZEnQofBiHswWqSYlpBr3ZH9EXnw7KkQa-pcQ3J6zp5ZancA_H41qaaw"},{"kty":"EC","crv":"P-256",")"
    R"(kid":"e","x":"A812tpRng-aWB30jfhgCZ6HGTXeC1Mg4Gul13C19fW0","y":"LBP4fHW8SJOzcen6PV6GvlD6iZSrAYkghRKHeJLqe)"
    R"(4Q"},{"kty":"OKP","crv":"Ed25519","kid":"d","x":"sFAMybGDQ2Wurx2hKyRAueWH0ezPu-aHCR4y-JBAraw"}]})";

std::string Encoded(std::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape({bytes.data(), bytes.size()});
  return text.substr(0, text.find('='));
}

void Check(const KeySet& keys, const std::string& text) {
  const auto token = ParseJwt(text);
  if (!token.ok()) return;
  if (!LooksLikeJwt(text) || !token->claims.is_object()) std::abort();
  if (std::string(token->signed_text) + "." + std::string(token->signature) != text) std::abort();
  for (const Key& key : keys.keys) {
    if (Verify(key, *token)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const KeySet keys = *ParseKeySet(kKeySet);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Check(keys, std::string(text));
  // The same as header and claims behind their encoding, with and without a signature.
  const size_t line = text.find('\n');
  const std::string header = Encoded(text.substr(0, line));
  const std::string claims = Encoded(line == text.npos ? "{}" : text.substr(line + 1));
  Check(keys, header + "." + claims + ".");
  Check(keys, header + "." + claims + "." + Encoded(std::string(64, '\1')));
  return 0;
}
