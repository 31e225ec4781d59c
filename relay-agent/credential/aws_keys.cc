#include "relay-agent/credential/aws_keys.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "common/http/client.h"
#include "relay-agent/credential/json_document.h"
#include "relay-agent/credential/password_file.h"

namespace postern::relay {
namespace {

constexpr char kContainerEndpoint[] = "http://169.254.170.2";
constexpr char kPodIdentityEndpoint[] = "http://169.254.170.23/";
constexpr char kInstanceEndpoint[] = "http://169.254.169.254";
constexpr char kRolePath[] = "/latest/meta-data/iam/security-credentials/";
constexpr size_t kMaxRoleNameBytes = 128;

std::string FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::Status Missing(std::string_view what) { return absl::FailedPreconditionError(absl::StrCat("there is no ", std::string(what))); }

std::string EndpointOr(const AwsKeysOptions& options, const std::string& fallback) {
  return options.endpoint.empty() ? fallback : options.endpoint;
}

// Sends it and insists on status 200.
absl::StatusOr<http::Response> Ask(const char* service, http::Request request, const AwsKeysOptions& options, absl::Time deadline) {
  request.ca_file = options.ca_file;
  request.timeout = std::min(absl::Seconds(5), deadline - absl::Now());
  if (request.timeout <= absl::ZeroDuration()) return absl::DeadlineExceededError(absl::StrCat(service, " takes too long"));
  absl::StatusOr<http::Response> response = http::Send(request);
  for (auto& [name, value] : request.headers) mysql::WipeString(value);
  mysql::WipeString(request.body);
  if (!response.ok()) return absl::Status(response.status().code(), absl::StrCat(service, ": ", response.status().message()));
  if (response->status != 200) return absl::UnavailableError(absl::StrCat(service, " answers with status ", response->status));
  return response;
}

absl::StatusOr<AwsKeys> OfEnvironment() {
  AwsKeys keys;
  keys.key_id = FromEnvironment("AWS_ACCESS_KEY_ID");
  keys.secret = mysql::Secret(FromEnvironment("AWS_SECRET_ACCESS_KEY"));
  keys.session_token = mysql::Secret(FromEnvironment("AWS_SESSION_TOKEN"));
  if (keys.key_id.empty() || keys.secret.empty()) return Missing("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  return keys;
}

absl::StatusOr<AwsKeys> OfWebIdentity(const AwsKeysOptions& options, absl::Time deadline) {
  const std::string role = options.role_arn.empty() ? FromEnvironment("AWS_ROLE_ARN") : options.role_arn;
  const std::string file = options.token_file.empty() ? FromEnvironment("AWS_WEB_IDENTITY_TOKEN_FILE") : options.token_file;
  if (role.empty() || file.empty()) return Missing("role or token file of a web identity");
  absl::StatusOr<mysql::Secret> token = ReadPasswordFile(file);
  if (!token.ok()) return token.status();
  http::Request request;
  request.method = "POST";
  request.url = EndpointOr(options, absl::StrCat("https://sts.", options.region, ".amazonaws.com")) + "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = absl::StrCat("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=postern-relay&RoleArn=", http::Encode(role),
                              "&WebIdentityToken=", http::Encode(token->Reveal()));
  absl::StatusOr<http::Response> response = Ask("STS", std::move(request), options, deadline);
  if (!response.ok()) return response.status();
  return ParseStsAnswer(response->body);
}

// The container's own address may only be the platform's, this machine's, or one under https: the token goes there.
absl::StatusOr<std::string> ContainerUrl(const AwsKeysOptions& options) {
  const std::string relative = FromEnvironment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!relative.empty()) return EndpointOr(options, kContainerEndpoint) + relative;
  const std::string full = FromEnvironment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (full.empty()) return Missing("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI in the environment");
  const bool of_platform = full.starts_with(std::string(kContainerEndpoint) + "/") || full.starts_with(kPodIdentityEndpoint);
  if (!of_platform && !http::IsPrivateUrl(full)) return absl::FailedPreconditionError("the container's address for keys is not a private one");
  return full;
}

absl::StatusOr<AwsKeys> OfContainer(const AwsKeysOptions& options, absl::Time deadline) {
  absl::StatusOr<std::string> url = ContainerUrl(options);
  if (!url.ok()) return url.status();
  http::Request request;
  request.url = *std::move(url);
  std::string authorization = FromEnvironment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const std::string file = FromEnvironment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    absl::StatusOr<mysql::Secret> token = ReadPasswordFile(file);
    if (!token.ok()) return token.status();
    authorization = token->Reveal();
  }
  if (!authorization.empty()) request.headers = {{"Authorization", std::move(authorization)}};
  absl::StatusOr<http::Response> response = Ask("the container's credential service", std::move(request), options, deadline);
  if (!response.ok()) return response.status();
  return ParseAwsKeysJson(response->body);
}

// IMDSv2: a session token first, which a forged request of somebody else's could not ask for.
absl::StatusOr<AwsKeys> OfInstance(const AwsKeysOptions& options, absl::Time deadline) {
  constexpr char kService[] = "the instance's metadata service";
  const std::string endpoint = EndpointOr(options, kInstanceEndpoint);
  http::Request first;
  first.method = "PUT";
  first.url = endpoint + "/latest/api/token";
  first.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}};
  absl::StatusOr<http::Response> token = Ask(kService, std::move(first), options, deadline);
  if (!token.ok()) return token.status();
  const auto get = [&](const std::string& path) {
    http::Request request;
    request.url = endpoint + path;
    request.headers = {{"X-aws-ec2-metadata-token", token->body}};
    return Ask(kService, std::move(request), options, deadline);
  };
  absl::StatusOr<http::Response> role = get(kRolePath);
  if (!role.ok()) return role.status();
  const std::string name = role->body.substr(0, role->body.find('\n'));
  if (name.empty() || name.size() > kMaxRoleNameBytes) return Missing("role of the instance");
  absl::StatusOr<http::Response> keys = get(kRolePath + http::Encode(name));
  if (!keys.ok()) return keys.status();
  return ParseAwsKeysJson(keys->body);
}

absl::Status SetExpiry(const std::string& text, AwsKeys& keys) {
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &keys.expires, &error)) return absl::OkStatus();
  return Missing("time in the answer at which the keys expire");
}

// The text between <name> and </name>, of the first such element. Keys and tokens hold nothing that XML would escape.
std::string_view Element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  xml.remove_prefix(begin + open.size());
  const size_t end = xml.find("</" + name + ">");
  if (end == std::string_view::npos || xml.substr(0, end).find_first_of("<&") != std::string_view::npos) return {};
  return xml.substr(0, end);
}

}  // namespace

absl::StatusOr<AwsKeys> FetchAwsKeys(const AwsKeysOptions& options, absl::Time deadline) {
  switch (options.from) {
    case AwsKeysFrom::kEnvironment: return OfEnvironment();
    case AwsKeysFrom::kWebIdentity: return OfWebIdentity(options, deadline);
    case AwsKeysFrom::kContainer: return OfContainer(options, deadline);
    case AwsKeysFrom::kInstance: return OfInstance(options, deadline);
  }
  return absl::InternalError("no such place");
}

absl::StatusOr<AwsKeys> ParseAwsKeysJson(std::string_view text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  if (!document.ok()) return document.status();
  // The instance's service says so; the container's does not.
  if (document->Text("Code").value_or("Success") != "Success") return Missing("success in the answer");
  std::optional<mysql::Secret> secret = document->Secret("SecretAccessKey");
  std::optional<mysql::Secret> token = document->Secret("Token");
  AwsKeys keys;
  keys.key_id = document->Text("AccessKeyId").value_or("");
  if (keys.key_id.empty() || !secret || !token) return Missing("AccessKeyId, SecretAccessKey and Token in the answer");
  keys.secret = *std::move(secret);
  keys.session_token = *std::move(token);
  absl::Status expires = SetExpiry(document->Text("Expiration").value_or(""), keys);
  if (!expires.ok()) return expires;
  return keys;
}

absl::StatusOr<AwsKeys> ParseStsAnswer(std::string_view xml) {
  AwsKeys keys;
  keys.key_id = Element(xml, "AccessKeyId");
  keys.secret = mysql::Secret(Element(xml, "SecretAccessKey"));
  keys.session_token = mysql::Secret(Element(xml, "SessionToken"));
  if (keys.key_id.empty() || keys.secret.empty() || keys.session_token.empty()) {
    return Missing("AccessKeyId, SecretAccessKey and SessionToken in STS's answer");
  }
  absl::Status expires = SetExpiry(std::string(Element(xml, "Expiration")), keys);
  if (!expires.ok()) return expires;
  return keys;
}

}  // namespace postern::relay
