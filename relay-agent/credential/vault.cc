#include "relay-agent/credential/vault.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace postern::relay {
namespace {

absl::Status Incomplete(std::string_view what) {
  return absl::UnavailableError(absl::StrCat("Vault's answer has no ", std::string(what)));
}

absl::StatusOr<Credential> CredentialFrom(const JsonDocument& answer, const std::string& user_path, const std::string& password_path) {
  std::optional<std::string> user = answer.Text(user_path);
  std::optional<mysql::Secret> password = answer.Secret(password_path);
  if (!user || user->empty()) return Incomplete(user_path);
  if (!password) return Incomplete(password_path);
  return Credential{*std::move(user), *std::move(password), std::nullopt};
}

// Vault answers 400 to a lease that it does not know, or no longer.
absl::Status GoneIfUnknown(const absl::Status& status) {
  const bool unknown = status.code() == absl::StatusCode::kInvalidArgument || status.code() == absl::StatusCode::kNotFound;
  return unknown ? absl::NotFoundError(status.message()) : status;
}

}  // namespace

absl::StatusOr<Credential> VaultSource::Fetch(absl::Time deadline) {
  return std::visit([&](const auto& secret) { return FetchFrom(secret, deadline); }, secret_);
}

absl::StatusOr<Credential> VaultSource::FetchFrom(const VaultDynamicRole& role, absl::Time deadline) {
  absl::StatusOr<JsonDocument> answer = client_.Get(absl::StrCat(role.mount, "/creds/", role.role), deadline);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Lease> lease = LeaseFrom(*answer);
  if (!lease.ok()) return lease.status();
  absl::StatusOr<Credential> credential = CredentialFrom(*answer, "data/username", "data/password");
  if (credential.ok()) credential->lease = *std::move(lease);
  return credential;
}

absl::StatusOr<Credential> VaultSource::FetchFrom(const VaultStaticRole& role, absl::Time deadline) {
  absl::StatusOr<JsonDocument> answer = client_.Get(absl::StrCat(role.mount, "/static-creds/", role.role), deadline);
  if (!answer.ok()) return answer.status();
  return CredentialFrom(*answer, "data/username", "data/password");
}

absl::StatusOr<Credential> VaultSource::FetchFrom(const VaultKv& kv, absl::Time deadline) {
  absl::StatusOr<JsonDocument> answer = client_.Get(absl::StrCat(kv.mount, "/data/", kv.path), deadline);
  if (!answer.ok()) return answer.status();
  const std::string password_path = "data/data/" + kv.password_field;
  if (!kv.user_field.empty()) return CredentialFrom(*answer, "data/data/" + kv.user_field, password_path);
  std::optional<mysql::Secret> password = answer->Secret(password_path);
  if (!password) return Incomplete(password_path);
  return Credential{kv.user, *std::move(password), std::nullopt};
}

absl::StatusOr<Lease> VaultSource::LeaseFrom(const JsonDocument& answer) const {
  std::optional<std::string> id = answer.Text("lease_id");
  const std::optional<int64_t> seconds = answer.Number("lease_duration");
  if (!id || id->empty()) return Incomplete("lease_id");
  if (!seconds || *seconds <= 0) return Incomplete("lease_duration");
  // It ends with the token it was lent to.
  return Lease{*std::move(id), std::min(absl::Seconds(*seconds), client_.TokenLasts()), answer.Flag("renewable")};
}

absl::StatusOr<Lease> VaultSource::Renew(const std::string& lease, absl::Time deadline) {
  absl::StatusOr<JsonDocument> answer = client_.Put("sys/leases/renew", nlohmann::json{{"lease_id", lease}}.dump(), deadline);
  if (!answer.ok()) return GoneIfUnknown(answer.status());
  return LeaseFrom(*answer);
}

absl::Status VaultSource::GiveBack(const std::string& lease, absl::Time deadline) {
  return GoneIfUnknown(client_.Put("sys/leases/revoke", nlohmann::json{{"lease_id", lease}}.dump(), deadline).status());
}

}  // namespace postern::relay
