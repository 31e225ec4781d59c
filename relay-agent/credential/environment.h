// A password that stands in an environment variable of the relay's: for platforms that hand secrets out in no other way.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_ENVIRONMENT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_ENVIRONMENT_H_

#include <string>
#include <utility>

#include "relay-agent/credential/source.h"

namespace postern::relay {

class EnvironmentPassword : public CredentialSource {
 public:
  EnvironmentPassword(std::string user, std::string variable) : user_(std::move(user)), variable_(std::move(variable)) {}

  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;

 private:
  const std::string user_;
  const std::string variable_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_ENVIRONMENT_H_
