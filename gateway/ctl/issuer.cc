#include "gateway/ctl/issuer.h"

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "gateway/identity/jose/json.h"
#include "gateway/identity/jose/jwt.h"

namespace postern::ctl {
namespace {

constexpr jose::JsonLimits kLimits{.bytes = 64 * 1024, .depth = 8, .values = 8192};
constexpr size_t kMaxTokenBytes = 16 * 1024;  // as the gateway takes them
constexpr size_t kMaxShownBytes = 2048;
constexpr int64_t kLongestSeconds = 24 * 3600;
constexpr int64_t kUsualInterval = 5;  // RFC 8628, 3.2

bool IsHttps(const std::string& url) { return url.starts_with("https://") && http::IsPrivateUrl(url); }

std::string TextOr(const jose::Json& object, const char* key) {
  const std::string* text = jose::TextIn(object, key);
  return text == nullptr ? "" : *text;
}

// A number of seconds between one and a day.
absl::Duration SecondsOr(const jose::Json& object, const char* key, int64_t fallback) {
  const auto found = object.find(key);
  const int64_t seconds = found != object.end() && found->is_number_integer() ? found->get<int64_t>() : fallback;
  return absl::Seconds(std::clamp<int64_t>(seconds, 1, kLongestSeconds));
}

// When the gateway will refuse the token, if it says so itself.
std::optional<absl::Time> EndOf(const std::string& token) {
  const auto parsed = jose::ParseJwt(token);
  if (!parsed.ok()) return std::nullopt;
  const auto end = parsed->claims.find("exp");
  if (end == parsed->claims.end() || !end->is_number_integer()) return std::nullopt;
  return absl::FromUnixSeconds(end->get<int64_t>());
}

absl::Status Useless(const std::string& why) { return absl::FailedPreconditionError("the issuer " + why); }

}  // namespace

absl::StatusOr<Issuer> Issuer::Discover(IssuerAccount account, Send send) {
  if (!IsHttps(account.url)) return absl::InvalidArgumentError("--issuer: expected an https URL without user, query or fragment");
  Issuer issuer(std::move(account), std::move(send));
  std::string base = issuer.account_.url;
  if (base.ends_with('/')) base.pop_back();
  http::Request request;
  request.url = base + "/.well-known/openid-configuration";
  request.ca_file = issuer.account_.ca;
  const auto answer = issuer.send_(request);
  if (!answer.ok()) return absl::UnavailableError(absl::StrCat("the issuer does not answer: ", answer.status().message()));
  const auto document = jose::ParseObject(answer->body, kLimits);
  if (answer->status != 200 || !document.ok()) return Useless("has no discovery document");
  if (TextOr(*document, "issuer") != issuer.account_.url) return Useless("calls itself by another name in its discovery document");
  issuer.device_endpoint_ = TextOr(*document, "device_authorization_endpoint");
  issuer.token_endpoint_ = TextOr(*document, "token_endpoint");
  issuer.revocation_endpoint_ = TextOr(*document, "revocation_endpoint");
  if (!IsHttps(issuer.device_endpoint_)) return Useless("offers no login by a code (device_authorization_endpoint)");
  if (!IsHttps(issuer.token_endpoint_)) return Useless("has no https token_endpoint");
  if (!IsHttps(issuer.revocation_endpoint_)) issuer.revocation_endpoint_.clear();
  return issuer;
}

absl::StatusOr<http::Response> Issuer::Post(const std::string& url, const Form& form) const {
  http::Request request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.ca_file = account_.ca;
  for (const auto& [name, value] : form) {
    if (!value.empty()) absl::StrAppend(&request.body, request.body.empty() ? "" : "&", name, "=", http::Encode(value));
  }
  auto answer = send_(request);
  OPENSSL_cleanse(request.body.data(), request.body.size());
  return answer;
}

absl::StatusOr<DeviceCode> Issuer::Begin(const std::string& scope, const std::string& audience) const {
  const auto answer = Post(device_endpoint_, {{"client_id", account_.client_id}, {"scope", scope}, {"audience", audience}});
  if (!answer.ok()) return absl::UnavailableError(absl::StrCat("the issuer does not answer: ", answer.status().message()));
  const auto object = jose::ParseObject(answer->body, kLimits);
  if (answer->status != 200 || !object.ok()) {
    return Useless("refuses to begin a login: " + (object.ok() ? TextOr(*object, "error") + " " + TextOr(*object, "error_description") : "no JSON"));
  }
  DeviceCode code{.device_code = TextOr(*object, "device_code"),
                  .user_code = TextOr(*object, "user_code"),
                  .verification_uri = TextOr(*object, "verification_uri"),
                  .verification_uri_complete = TextOr(*object, "verification_uri_complete"),
                  .expires_in = SecondsOr(*object, "expires_in", 600),
                  .interval = SecondsOr(*object, "interval", kUsualInterval)};
  const bool whole = !code.device_code.empty() && !code.user_code.empty() && code.verification_uri.starts_with("https://");
  const bool brief = code.verification_uri.size() <= kMaxShownBytes && code.user_code.size() <= kMaxShownBytes;
  if (!whole || !brief) return Useless("answers with no code that can be shown");
  if (!code.verification_uri_complete.starts_with("https://") || code.verification_uri_complete.size() > kMaxShownBytes) {
    code.verification_uri_complete.clear();
  }
  return code;
}

absl::StatusOr<TokenAnswer> Issuer::AskForTokens(const Form& form, absl::Time now) const {
  const auto answer = Post(token_endpoint_, form);
  if (!answer.ok()) return absl::UnavailableError(absl::StrCat("the issuer does not answer: ", answer.status().message()));
  if (answer->status >= 500) return absl::UnavailableError(absl::StrCat("the issuer answers with status ", answer->status));
  const auto object = jose::ParseObject(answer->body, kLimits);
  if (!object.ok()) return Useless("answers with no JSON");
  if (answer->status != 200) {
    const std::string error = TextOr(*object, "error");
    return TokenAnswer{.tokens = std::nullopt, .error = error.empty() ? "unknown" : error};
  }
  IssuedTokens tokens;
  tokens.token = TextOr(*object, account_.id_token ? "id_token" : "access_token");
  tokens.refresh_token = TextOr(*object, "refresh_token");
  if (tokens.token.empty() || tokens.token.size() > kMaxTokenBytes) {
    return Useless(account_.id_token ? "gave no id token: ask for --scope openid" : "gave no access token");
  }
  tokens.expires_at = EndOf(tokens.token).value_or(now + SecondsOr(*object, "expires_in", 60));
  return TokenAnswer{.tokens = std::move(tokens), .error = ""};
}

absl::StatusOr<TokenAnswer> Issuer::Ask(const DeviceCode& code, absl::Time now) const {
  return AskForTokens({{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", code.device_code}, {"client_id", account_.client_id}},
                      now);
}

absl::StatusOr<TokenAnswer> Issuer::Refresh(const std::string& refresh_token, absl::Time now) const {
  return AskForTokens({{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}, {"client_id", account_.client_id}}, now);
}

absl::Status Issuer::Revoke(const std::string& refresh_token) const {
  if (revocation_endpoint_.empty() || refresh_token.empty()) return absl::OkStatus();
  const auto answer = Post(revocation_endpoint_, {{"token", refresh_token}, {"token_type_hint", "refresh_token"}, {"client_id", account_.client_id}});
  if (!answer.ok()) return answer.status();
  return answer->status == 200 ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("the issuer answers with status ", answer->status));
}

}  // namespace postern::ctl
