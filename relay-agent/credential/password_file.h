// The database password, read from its file at each use, so that a changed file counts from the next connection on.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_

#include <absl/status/statusor.h>

#include <string>

#include "common/mysql/flow/secret.h"

namespace postern::relay {

// One trailing newline (LF or CRLF) is not part of the password. An empty `file` is an empty password.
// FAILED_PRECONDITION names the file and the reason, never its contents.
absl::StatusOr<mysql::Secret> ReadPasswordFile(const std::string& file);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_PASSWORD_FILE_H_
