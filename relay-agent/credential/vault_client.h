// Vault's HTTP API: logs in, keeps the token it got alive, and calls with it.
//
// Blocking and thread-safe. What Vault lends ends with the token it was lent to, so the token is renewed in good time before
// every call, and taken anew only when that fails.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_CLIENT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_CLIENT_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/http/client.h"
#include "common/mysql/flow/secret.h"
#include "relay-agent/credential/json_document.h"

namespace postern::relay {

// A token that somebody else keeps alive, such as Vault's agent; read at each use.
struct VaultTokenFile {
  std::string file;
};
struct VaultAppRole {
  std::string mount;
  std::string role_id;
  std::string secret_id_file;
};
struct VaultKubernetes {
  std::string mount;
  std::string role;
  std::string token_file;  // of the service account
};
using VaultLogin = std::variant<VaultTokenFile, VaultAppRole, VaultKubernetes>;

struct VaultOptions {
  std::string address;  // without a slash at the end
  std::string ca_file;
  std::string name_space;
  VaultLogin login;
  absl::Duration timeout = absl::Seconds(5);  // of one request
};

class VaultClient {
 public:
  explicit VaultClient(VaultOptions options) : options_(std::move(options)) {}

  // `path` is what follows "/v1/". NOT_FOUND: 404; INVALID_ARGUMENT: 400; PERMISSION_DENIED: 403, also after a login
  // made anew; UNAVAILABLE: no answer, or Vault cannot serve now. None of them holds what Vault answered.
  absl::StatusOr<JsonDocument> Get(const std::string& path, absl::Time deadline);
  absl::StatusOr<JsonDocument> Put(const std::string& path, const std::string& body, absl::Time deadline);

  // How long the token will last; infinite for one that is not ours.
  absl::Duration TokenLasts() const;
  std::vector<std::string> SecretFiles() const;

 private:
  struct Token {
    std::string value;
    absl::Duration first_lasts;  // as of the login
    absl::Time renew_at = absl::InfiniteFuture();
    absl::Time expires = absl::InfiniteFuture();
    bool renewable = false;
  };

  absl::StatusOr<JsonDocument> Call(http::Request request, absl::Time deadline);
  absl::StatusOr<JsonDocument> Send(http::Request request, const std::string& token, absl::Time deadline) const;
  bool IsDead(const std::string& token, absl::Time deadline) const;
  // A token to call with; a copy, which the caller wipes.
  absl::StatusOr<std::string> TakeToken(absl::Time deadline);
  absl::Status LogIn(absl::Time deadline);
  void RenewToken(absl::Time deadline);
  // False when the answer has none. `first_lasts` is that of the token that was renewed.
  bool SetToken(const JsonDocument& answer, std::optional<absl::Duration> first_lasts);
  void DropToken(const std::string& token);

  const VaultOptions options_;
  mutable std::mutex mutex_;  // held over a login, so that many sessions make one
  std::optional<Token> token_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_CLIENT_H_
