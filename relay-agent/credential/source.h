// Where the credential of a database account comes from: one class for each kind of source, chosen by the configuration.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_SOURCE_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_SOURCE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "common/mysql/flow/secret.h"

namespace postern::relay {

// A credential that is lent: it ends by itself unless it is renewed, and is given back when it is no longer needed.
struct Lease {
  std::string id;  // no secret: it gives nobody the credential
  absl::Duration lasts;
  bool renewable = false;
};

struct Credential {
  std::string user;
  mysql::Secret password;
  std::optional<Lease> lease;
};

// Blocking and thread-safe. Errors name files, roles and services, never a secret: they are for the relay's own log.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  // The credential as it is now, by the deadline or not at all.
  virtual absl::StatusOr<Credential> Fetch(absl::Time deadline) = 0;

  // REQUIRES, of both: the lease came from this source, be it in an earlier run. NOT_FOUND: there is no such lease any more.
  virtual absl::StatusOr<Lease> Renew(const std::string& lease, absl::Time deadline);
  virtual absl::Status GiveBack(const std::string& lease, absl::Time deadline);

  // It is a token that the server gets as it is, so the server must be known to be the right one.
  virtual bool needs_verified_tls() const { return false; }
  // Files that nobody else should be able to read.
  virtual std::vector<std::string> SecretFiles() const { return {}; }
};

inline absl::StatusOr<Lease> CredentialSource::Renew(const std::string&, absl::Time) {
  return absl::NotFoundError("this source lends nothing");
}
inline absl::Status CredentialSource::GiveBack(const std::string&, absl::Time) {
  return absl::NotFoundError("this source lends nothing");
}

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_SOURCE_H_
