#include "relay-agent/credential/vault_client.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "relay-agent/credential/password_file.h"

namespace postern::relay {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

absl::Status FromHttp(int status) {
  const std::string text = absl::StrCat("Vault answers with status ", status);
  switch (status) {
    case 400: return absl::InvalidArgumentError(text);
    case 403: return absl::PermissionDeniedError(text);
    case 404: return absl::NotFoundError(text);
    default: return absl::UnavailableError(text);
  }
}

// What a login sends, and where.
struct LoginCall {
  std::string path;
  nlohmann::json body;
};

absl::StatusOr<LoginCall> CallFor(const std::string& mount, const char* name, const std::string& role, const char* secret_name,
                                  const std::string& secret_file) {
  absl::StatusOr<mysql::Secret> secret = ReadPasswordFile(secret_file);
  if (!secret.ok()) return secret.status();
  return LoginCall{absl::StrCat("auth/", mount, "/login"), {{name, role}, {secret_name, std::string(secret->Reveal())}}};
}

}  // namespace

absl::StatusOr<JsonDocument> VaultClient::Get(const std::string& path, absl::Time deadline) {
  http::Request request;
  request.url = path;
  return Call(std::move(request), deadline);
}

absl::StatusOr<JsonDocument> VaultClient::Put(const std::string& path, const std::string& body, absl::Time deadline) {
  http::Request request;
  request.method = "PUT";
  request.url = path;
  request.body = body;
  return Call(std::move(request), deadline);
}

absl::StatusOr<JsonDocument> VaultClient::Call(http::Request request, absl::Time deadline) {
  for (bool again = true;; again = false) {
    absl::StatusOr<std::string> token = TakeToken(deadline);
    if (!token.ok()) return token.status();
    absl::StatusOr<JsonDocument> answer = Send(request, *token, deadline);
    // 403 is said of a token that was revoked behind our back, and of a path that a policy forbids. In that case the token
    // must stay: what was lent to it ends with it.
    const bool denied = answer.status().code() == absl::StatusCode::kPermissionDenied;
    const bool dead = denied && again && IsDead(*token, deadline);
    if (dead) DropToken(*token);
    mysql::WipeString(*token);
    if (!dead) return answer;
  }
}

bool VaultClient::IsDead(const std::string& token, absl::Time deadline) const {
  http::Request request;
  request.url = "auth/token/lookup-self";
  return Send(std::move(request), token, deadline).status().code() == absl::StatusCode::kPermissionDenied;
}

absl::StatusOr<JsonDocument> VaultClient::Send(http::Request request, const std::string& token, absl::Time deadline) const {
  request.url = absl::StrCat(options_.address, "/v1/", request.url);
  request.ca_file = options_.ca_file;
  request.timeout = std::min(options_.timeout, deadline - absl::Now());
  if (request.timeout <= absl::ZeroDuration()) return absl::DeadlineExceededError("Vault takes too long");
  request.headers.emplace_back("X-Vault-Request", "true");
  if (!options_.name_space.empty()) request.headers.emplace_back("X-Vault-Namespace", options_.name_space);
  if (!token.empty()) request.headers.emplace_back("X-Vault-Token", token);
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  absl::StatusOr<http::Response> response = http::Send(request);
  for (auto& [name, value] : request.headers) mysql::WipeString(value);
  if (!response.ok()) return absl::Status(response.status().code(), absl::StrCat("Vault: ", response.status().message()));
  if (response->status == 204) return JsonDocument::Parse("{}");
  if (response->status != 200) return FromHttp(response->status);
  return JsonDocument::Parse(response->body);
}

absl::StatusOr<std::string> VaultClient::TakeToken(absl::Time deadline) {
  if (const auto* file = std::get_if<VaultTokenFile>(&options_.login)) {
    absl::StatusOr<mysql::Secret> token = ReadPasswordFile(file->file);
    if (!token.ok()) return token.status();
    return std::string(token->Reveal());
  }
  std::lock_guard lock(mutex_);
  if (token_ && token_->renewable && absl::Now() >= token_->renew_at) RenewToken(deadline);
  // Also when Vault would not make it last any longer: what is lent now should not end with it.
  if (!token_ || absl::Now() >= token_->renew_at) {
    absl::Status in = LogIn(deadline);
    if (!in.ok() && (!token_ || absl::Now() >= token_->expires)) return in;
  }
  return token_->value;
}

absl::Status VaultClient::LogIn(absl::Time deadline) {
  absl::StatusOr<LoginCall> call = std::visit(
      Overloaded{[](const VaultTokenFile&) -> absl::StatusOr<LoginCall> { return absl::InternalError("needs no login"); },
                 [](const VaultAppRole& role) {
                   return CallFor(role.mount, "role_id", role.role_id, "secret_id", role.secret_id_file);
                 },
                 [](const VaultKubernetes& pod) { return CallFor(pod.mount, "role", pod.role, "jwt", pod.token_file); }},
      options_.login);
  if (!call.ok()) return call.status();
  http::Request request;
  request.method = "PUT";
  request.url = call->path;
  request.body = call->body.dump();
  absl::StatusOr<JsonDocument> answer = Send(request, "", deadline);
  mysql::WipeString(request.body);
  for (nlohmann::json& value : call->body) mysql::WipeString(value.get_ref<std::string&>());
  if (!answer.ok()) return absl::Status(answer.status().code(), absl::StrCat("login: ", answer.status().message()));
  return SetToken(*answer, std::nullopt) ? absl::OkStatus() : absl::UnavailableError("Vault's answer to the login has no token");
}

// A failure leaves the token as it is, which may last until the next attempt.
void VaultClient::RenewToken(absl::Time deadline) {
  http::Request request;
  request.method = "PUT";
  request.url = "auth/token/renew-self";
  request.body = "{}";
  absl::StatusOr<JsonDocument> answer = Send(std::move(request), token_->value, deadline);
  if (answer.ok()) {
    SetToken(*answer, token_->first_lasts);
  } else if (answer.status().code() == absl::StatusCode::kPermissionDenied) {
    mysql::WipeString(token_->value);
    token_.reset();
  }
}

bool VaultClient::SetToken(const JsonDocument& answer, std::optional<absl::Duration> first_lasts) {
  std::optional<mysql::Secret> value = answer.Secret("auth/client_token");
  if (!value) return false;
  if (token_) mysql::WipeString(token_->value);
  Token token;
  token.value = value->Reveal();
  // 0: a token without an end.
  const int64_t seconds = answer.Number("auth/lease_duration").value_or(0);
  if (seconds > 0) {
    token.first_lasts = first_lasts.value_or(absl::Seconds(seconds));
    token.expires = absl::Now() + absl::Seconds(seconds);
    token.renew_at = token.expires - token.first_lasts / 2;
    token.renewable = answer.Flag("auth/renewable");
  }
  token_ = std::move(token);
  return true;
}

void VaultClient::DropToken(const std::string& token) {
  std::lock_guard lock(mutex_);
  if (!token_ || token_->value != token) return;
  mysql::WipeString(token_->value);
  token_.reset();
}

absl::Duration VaultClient::TokenLasts() const {
  std::lock_guard lock(mutex_);
  return token_ ? token_->expires - absl::Now() : absl::InfiniteDuration();
}

std::vector<std::string> VaultClient::SecretFiles() const {
  return {std::visit(Overloaded{[](const VaultTokenFile& login) { return login.file; },
                                [](const VaultAppRole& login) { return login.secret_id_file; },
                                [](const VaultKubernetes& login) { return login.token_file; }},
                     options_.login)};
}

}  // namespace postern::relay
