// Access tokens of the machine's own identity, from the metadata services of Google Cloud and Azure, which their managed
// databases take as passwords.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_METADATA_TOKEN_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_METADATA_TOKEN_H_

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/client.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

struct AccessToken {
  mysql::Secret value;
  absl::Duration lasts;
};

// For tests: {"access_token": …, "expires_in": …}, the number also as a text.
absl::StatusOr<AccessToken> ParseAccessToken(std::string_view text);

class MetadataToken : public CredentialSource {
 public:
  // `endpoint` and the others replace the service's own when they are not empty.
  struct CloudSql {
    std::string endpoint;
    std::string service_account;  // "default"
  };
  struct AzureAd {
    std::string endpoint;
    std::string client_id;  // of one of several identities
    std::string resource;   // of another cloud than the public one
  };
  MetadataToken(std::string user, const CloudSql& options);
  MetadataToken(std::string user, const AzureAd& options);

  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;
  bool needs_verified_tls() const override { return true; }

 private:
  absl::StatusOr<AccessToken> FetchToken(absl::Time deadline) const;

  const std::string user_;
  http::Request request_;
  std::mutex mutex_;  // held while a token is fetched, so that it is fetched once
  std::optional<AccessToken> token_;
  absl::Time expires_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_METADATA_TOKEN_H_
