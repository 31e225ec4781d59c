#include "gateway/notify/deliver.h"

#include <absl/strings/str_cat.h>

#include "common/http/client.h"
#include "common/mysql/flow/secret.h"
#include "gateway/notify/secret_file.h"
#include "gateway/notify/sign.h"

namespace postern::notify {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

// The file may have been replaced since the configuration was read.
absl::Status TakeUrl(const Endpoint& endpoint, http::Request& request) {
  request.url = endpoint.url;
  if (endpoint.url_file.empty()) return absl::OkStatus();
  const auto url = ReadSecretFile(endpoint.url_file);
  if (!url.ok()) return url.status();
  request.url = std::string(url->Reveal());
  return http::IsSecureUrl(request.url) ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrCat(endpoint.url_file, ": holds no https URL"));
}

absl::Status Sign(const Endpoint& endpoint, absl::Time now, http::Request& request) {
  if (endpoint.secret_file.empty()) return absl::OkStatus();
  const auto secret = ReadSecretFile(endpoint.secret_file);
  if (!secret.ok()) return secret.status();
  request.headers.emplace_back("Postern-Signature", Signature(secret->Reveal(), now, request.body));
  return absl::OkStatus();
}

absl::Status Post(const http::Request& request) {
  const auto response = http::Send(request);
  if (!response.ok()) return response.status();
  if (response->status / 100 == 2) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("it answered with status ", response->status));
}

}  // namespace

absl::Status Deliver(const Endpoint& endpoint, const Delivery& delivery, absl::Time now) {
  http::Request request;
  request.method = "POST";
  request.headers = {{"Content-Type", delivery.content_type}, {"User-Agent", absl::StrCat("Postern/", POSTERN_VERSION)}, {"Postern-Delivery", delivery.id}};
  request.body = delivery.body;
  request.ca_file = endpoint.ca;
  request.timeout = kTimeout;
  absl::Status status = TakeUrl(endpoint, request);
  if (status.ok()) status = Sign(endpoint, now, request);
  if (status.ok()) status = Post(request);
  if (!endpoint.url_file.empty()) mysql::WipeString(request.url);
  return status;
}

}  // namespace postern::notify
