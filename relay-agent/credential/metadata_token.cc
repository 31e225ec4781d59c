#include "relay-agent/credential/metadata_token.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>

#include "relay-agent/credential/json_document.h"

namespace postern::relay {
namespace {

constexpr char kGoogle[] = "http://metadata.google.internal";
constexpr char kAzure[] = "http://169.254.169.254";
constexpr char kAzureResource[] = "https://ossrdbms-aad.database.windows.net";
// The services hand out the same token until it is nearly over.
constexpr absl::Duration kBeforeExpiry = absl::Minutes(1);
constexpr absl::Duration kTimeout = absl::Seconds(5);

std::string Or(const std::string& text, const char* fallback) { return text.empty() ? fallback : text; }

}  // namespace

absl::StatusOr<AccessToken> ParseAccessToken(std::string_view text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  if (!document.ok()) return document.status();
  std::optional<mysql::Secret> value = document->Secret("access_token");
  const std::optional<int64_t> seconds = document->Number("expires_in");
  if (!value || !seconds || *seconds <= 0) return absl::UnavailableError("the answer has no access_token and expires_in");
  return AccessToken{*std::move(value), absl::Seconds(*seconds)};
}

MetadataToken::MetadataToken(std::string user, const CloudSql& options) : user_(std::move(user)) {
  request_.url = absl::StrCat(Or(options.endpoint, kGoogle), "/computeMetadata/v1/instance/service-accounts/",
                              http::Encode(Or(options.service_account, "default")), "/token");
  request_.headers = {{"Metadata-Flavor", "Google"}};
}

MetadataToken::MetadataToken(std::string user, const AzureAd& options) : user_(std::move(user)) {
  request_.url = absl::StrCat(Or(options.endpoint, kAzure), "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=",
                              http::Encode(Or(options.resource, kAzureResource)));
  if (!options.client_id.empty()) absl::StrAppend(&request_.url, "&client_id=", http::Encode(options.client_id));
  request_.headers = {{"Metadata", "true"}};
}

absl::StatusOr<Credential> MetadataToken::Fetch(absl::Time deadline) {
  std::lock_guard lock(mutex_);
  const absl::Time now = absl::Now();
  if (!token_ || now >= expires_ - kBeforeExpiry) {
    absl::StatusOr<AccessToken> token = FetchToken(deadline);
    // The old one still serves for a moment.
    if (!token.ok() && (!token_ || now >= expires_)) return token.status();
    if (token.ok()) {
      expires_ = now + token->lasts;
      token_ = *std::move(token);
    }
  }
  return Credential{user_, mysql::Secret(token_->value.Reveal()), std::nullopt};
}

absl::StatusOr<AccessToken> MetadataToken::FetchToken(absl::Time deadline) const {
  http::Request request = request_;
  request.timeout = std::min(kTimeout, deadline - absl::Now());
  if (request.timeout <= absl::ZeroDuration()) return absl::DeadlineExceededError("the metadata service takes too long");
  absl::StatusOr<http::Response> response = http::Send(request);
  if (!response.ok()) return absl::Status(response.status().code(), absl::StrCat("the metadata service: ", response.status().message()));
  if (response->status != 200) return absl::UnavailableError(absl::StrCat("the metadata service answers with status ", response->status));
  return ParseAccessToken(response->body);
}

}  // namespace postern::relay
