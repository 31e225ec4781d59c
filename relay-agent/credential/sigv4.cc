#include "relay-agent/credential/sigv4.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <utility>

#include "common/http/client.h"

namespace postern::relay {
namespace {

constexpr char kAlgorithm[] = "AWS4-HMAC-SHA256";
constexpr absl::Duration kRdsTokenLasts = absl::Minutes(15);

std::string Hex(std::string_view bytes) { return absl::BytesToHexString({bytes.data(), bytes.size()}); }

mysql::Secret Hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       digest.data(), &size);
  return mysql::Secret({reinterpret_cast<const char*>(digest.data()), size});
}

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone()); }
std::string DateText(absl::Time time) { return absl::FormatTime("%Y%m%d", time, absl::UTCTimeZone()); }

std::string ScopeText(const SigningScope& scope) {
  return absl::StrCat(DateText(scope.time), "/", scope.region, "/", scope.service, "/aws4_request");
}

// Sorted by the encoded name, which may order otherwise than the name itself.
std::string QueryText(const std::map<std::string, std::string>& query) {
  std::map<std::string, std::string> encoded;
  for (const auto& [name, value] : query) encoded[http::Encode(name)] = http::Encode(value);
  std::string text;
  for (const auto& [name, value] : encoded) absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", value);
  return text;
}

std::string HeaderNames(const CanonicalRequest& request) {
  std::string names;
  for (const auto& [name, value] : request.headers) absl::StrAppend(&names, names.empty() ? "" : ";", name);
  return names;
}

std::string Text(const CanonicalRequest& request) {
  std::string headers;
  for (const auto& [name, value] : request.headers) absl::StrAppend(&headers, name, ":", value, "\n");
  return absl::StrCat(request.method, "\n", request.path, "\n", QueryText(request.query), "\n", headers, "\n", HeaderNames(request), "\n",
                      request.payload_hash);
}

}  // namespace

std::string HexSha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return Hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string Sign(const CanonicalRequest& request, const SigningScope& scope, std::string_view secret) {
  const std::string to_sign =
      absl::StrCat(kAlgorithm, "\n", TimeText(scope.time), "\n", ScopeText(scope), "\n", HexSha256(Text(request)));
  std::string first_key = "AWS4";
  first_key.append(secret);
  mysql::Secret key = Hmac(first_key, DateText(scope.time));
  mysql::WipeString(first_key);
  for (const std::string_view part : {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    mysql::Secret next = Hmac(key.Reveal(), part);
    key = std::move(next);
  }
  const mysql::Secret signature = Hmac(key.Reveal(), to_sign);
  return Hex(signature.Reveal());
}

std::string PresignedQuery(CanonicalRequest request, const SigningScope& scope, const AwsKeys& keys, absl::Duration expires) {
  request.query["X-Amz-Algorithm"] = kAlgorithm;
  request.query["X-Amz-Credential"] = absl::StrCat(keys.key_id, "/", ScopeText(scope));
  request.query["X-Amz-Date"] = TimeText(scope.time);
  request.query["X-Amz-Expires"] = absl::StrCat(absl::ToInt64Seconds(expires));
  if (!keys.session_token.empty()) request.query["X-Amz-Security-Token"] = keys.session_token.Reveal();
  request.query["X-Amz-SignedHeaders"] = HeaderNames(request);
  return absl::StrCat(QueryText(request.query), "&X-Amz-Signature=", Sign(request, scope, keys.secret.Reveal()));
}

mysql::Secret RdsToken(std::string_view host, uint16_t port, std::string_view user, std::string_view region, const AwsKeys& keys,
                       absl::Time now) {
  const std::string address = absl::StrCat(std::string(host), ":", port);
  CanonicalRequest request;
  request.query = {{"Action", "connect"}, {"DBUser", std::string(user)}};
  request.headers = {{"host", address}};
  request.payload_hash = HexSha256("");
  std::string token = absl::StrCat(address, "/?", PresignedQuery(std::move(request), {now, std::string(region), "rds-db"}, keys, kRdsTokenLasts));
  mysql::Secret secret(token);
  mysql::WipeString(token);
  return secret;
}

}  // namespace postern::relay
