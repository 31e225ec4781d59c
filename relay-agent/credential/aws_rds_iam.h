// Tokens that Amazon RDS and Aurora take as passwords, made here from the keys of the process's AWS role.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_AWS_RDS_IAM_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_AWS_RDS_IAM_H_

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "relay-agent/credential/aws_keys.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

class AwsRdsIam : public CredentialSource {
 public:
  struct Options {
    // Of the database, as RDS knows it: they are part of what is signed.
    std::string host;
    uint16_t port = 3306;
    std::string user;
    std::string region;
    AwsKeysOptions keys;
  };

  explicit AwsRdsIam(Options options) : options_(std::move(options)) {}

  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;
  bool needs_verified_tls() const override { return true; }

 private:
  const Options options_;
  std::mutex mutex_;  // held while keys are fetched, so that they are fetched once
  std::optional<AwsKeys> keys_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_AWS_RDS_IAM_H_
