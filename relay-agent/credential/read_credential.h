// Which source of credentials a configuration chooses.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_READ_CREDENTIAL_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_READ_CREDENTIAL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "common/config/document.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

// The server that the credential is for, as the target says it.
struct CredentialPlace {
  std::string host;
  uint16_t port = 0;
  bool tls_is_verified = false;
};

// From the keys `user`, `password_file` and `credential` of a section; asks nobody for anything yet. Null when something was
// reported.
std::shared_ptr<CredentialSource> ReadCredential(config::Section& section, const CredentialPlace& place);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_READ_CREDENTIAL_H_
