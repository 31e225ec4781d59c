#include "relay-agent/credential/environment.h"

#include <cstdlib>

namespace postern::relay {

absl::StatusOr<Credential> EnvironmentPassword::Fetch(absl::Time) {
  const char* const value = std::getenv(variable_.c_str());
  if (value == nullptr) return absl::FailedPreconditionError("the environment has no variable " + variable_);
  return Credential{user_, mysql::Secret(value), std::nullopt};
}

}  // namespace postern::relay
