// Where a process on AWS gets its keys from, one function for each place. Blocking; bounded by the deadline.
//
// UNAVAILABLE: the service does not answer; FAILED_PRECONDITION: there are none, or what is there is incomplete. Never any key
// in an error.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_AWS_KEYS_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_AWS_KEYS_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "relay-agent/credential/sigv4.h"

namespace postern::relay {

enum class AwsKeysFrom { kEnvironment, kWebIdentity, kContainer, kInstance };

struct AwsKeysOptions {
  AwsKeysFrom from = AwsKeysFrom::kEnvironment;
  std::string region;
  // In place of AWS's own: https://sts.REGION.amazonaws.com, http://169.254.170.2, http://169.254.169.254.
  std::string endpoint;
  std::string ca_file;  // of an https endpoint
  // For kWebIdentity; empty: AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE of the environment.
  std::string role_arn;
  std::string token_file;
};

absl::StatusOr<AwsKeys> FetchAwsKeys(const AwsKeysOptions& options, absl::Time deadline);

// For tests. What the metadata services answer, and what STS answers to AssumeRoleWithWebIdentity.
absl::StatusOr<AwsKeys> ParseAwsKeysJson(std::string_view text);
absl::StatusOr<AwsKeys> ParseStsAnswer(std::string_view xml);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_AWS_KEYS_H_
