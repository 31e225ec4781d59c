#include "gateway/identity/jose/jwt.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/identity/jose/base64url.h"

namespace postern::jose {
namespace {

constexpr JsonLimits kHeaderLimits{.bytes = 4096, .depth = 4, .values = 64};
constexpr JsonLimits kClaimsLimits{.bytes = kMaxTokenBytes, .depth = 16, .values = 4096};
// Tokens of other types (logout tokens, security events) are signed with the same keys and are no credential.
constexpr std::string_view kTypes[] = {"JWT", "JOSE", "at+jwt", "application/at+jwt"};

absl::Status Malformed(const char* part, const absl::Status& why) {
  return absl::InvalidArgumentError(absl::StrCat("the token's ", part, " ", why.message()));
}

absl::StatusOr<Json> ParsePart(const char* part, std::string_view text, const JsonLimits& limits) {
  const std::optional<std::string> bytes = DecodeBase64Url(text);
  if (!bytes) return Malformed(part, absl::InvalidArgumentError("is not base64url"));
  absl::StatusOr<Json> object = ParseObject(*bytes, limits);
  if (!object.ok()) return Malformed(part, object.status());
  return object;
}

bool IsTokenType(const Json& header) {
  if (!header.contains("typ")) return true;
  const std::string* type = TextIn(header, "typ");
  return type != nullptr && std::any_of(std::begin(kTypes), std::end(kTypes), [type](std::string_view known) {
           return absl::EqualsIgnoreCase(*type, {known.data(), known.size()});
         });
}

absl::Status ReadHeader(const Json& header, Jwt& token) {
  if (header.contains("crit")) return absl::InvalidArgumentError("the token insists on an extension (crit)");
  if (!IsTokenType(header)) return absl::InvalidArgumentError("the token is of another type (typ)");
  const std::string* algorithm = TextIn(header, "alg");
  const std::optional<Algorithm> known = algorithm == nullptr ? std::nullopt : AlgorithmFrom(*algorithm);
  if (!known) return absl::InvalidArgumentError("the token is signed in a way that is not believed (alg)");
  token.algorithm = *known;
  if (!header.contains("kid")) return absl::OkStatus();
  const std::string* key_id = TextIn(header, "kid");
  if (key_id == nullptr || key_id->empty() || key_id->size() > kMaxKeyIdBytes) {
    return absl::InvalidArgumentError("the token's key id (kid) is no text of 1 to 256 bytes");
  }
  token.key_id = *key_id;
  return absl::OkStatus();
}

}  // namespace

bool LooksLikeJwt(std::string_view secret) { return std::count(secret.begin(), secret.end(), '.') == 2; }

absl::StatusOr<Jwt> ParseJwt(std::string_view text) {
  if (text.size() > kMaxTokenBytes) return absl::InvalidArgumentError("the token is too long");
  if (!LooksLikeJwt(text)) return absl::InvalidArgumentError("the token has not three parts");
  const size_t first = text.find('.');
  const size_t second = text.find('.', first + 1);
  Jwt token;
  token.signed_text = text.substr(0, second);
  token.signature = text.substr(second + 1);
  const absl::StatusOr<Json> header = ParsePart("header", text.substr(0, first), kHeaderLimits);
  if (!header.ok()) return header.status();
  if (absl::Status status = ReadHeader(*header, token); !status.ok()) return status;
  absl::StatusOr<Json> claims = ParsePart("payload", text.substr(first + 1, second - first - 1), kClaimsLimits);
  if (!claims.ok()) return claims.status();
  token.claims = *std::move(claims);
  return token;
}

}  // namespace postern::jose
