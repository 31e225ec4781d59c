// HashiCorp Vault (and OpenBao) as a source: dynamic and static roles of its database engine, and its key-value store.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_H_

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "relay-agent/credential/source.h"
#include "relay-agent/credential/vault_client.h"

namespace postern::relay {

// A database user of its own for each login, lent and taken back by Vault.
struct VaultDynamicRole {
  std::string mount;
  std::string role;
};
// A user whose password Vault changes from time to time.
struct VaultStaticRole {
  std::string mount;
  std::string role;
};
// Fields of a secret of the key-value engine, version 2.
struct VaultKv {
  std::string mount;
  std::string path;
  std::string password_field;
  std::string user_field;  // empty: `user`
  std::string user;
};
using VaultSecret = std::variant<VaultDynamicRole, VaultStaticRole, VaultKv>;

class VaultSource : public CredentialSource {
 public:
  VaultSource(VaultOptions options, VaultSecret secret) : client_(std::move(options)), secret_(std::move(secret)) {}

  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;
  absl::StatusOr<Lease> Renew(const std::string& lease, absl::Time deadline) override;
  absl::Status GiveBack(const std::string& lease, absl::Time deadline) override;
  std::vector<std::string> SecretFiles() const override { return client_.SecretFiles(); }

 private:
  absl::StatusOr<Credential> FetchFrom(const VaultDynamicRole& role, absl::Time deadline);
  absl::StatusOr<Credential> FetchFrom(const VaultStaticRole& role, absl::Time deadline);
  absl::StatusOr<Credential> FetchFrom(const VaultKv& kv, absl::Time deadline);
  absl::StatusOr<Lease> LeaseFrom(const JsonDocument& answer) const;

  VaultClient client_;
  const VaultSecret secret_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_VAULT_H_
