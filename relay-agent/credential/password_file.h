// A password that stands in a file of its own, which a secrets manager may replace at any time.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_

#include <absl/status/statusor.h>

#include <string>
#include <utility>
#include <vector>

#include "common/mysql/flow/secret.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

// Reads the whole file, less one trailing newline; no copy stays behind. An empty name yields an empty password: an
// account that needs none. FAILED_PRECONDITION when it cannot be read or is longer than a password can be.
absl::StatusOr<mysql::Secret> ReadPasswordFile(const std::string& file);

class PasswordFile : public CredentialSource {
 public:
  PasswordFile(std::string user, std::string file) : user_(std::move(user)), file_(std::move(file)) {}

  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;
  std::vector<std::string> SecretFiles() const override { return {file_}; }

 private:
  const std::string user_;
  const std::string file_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_
