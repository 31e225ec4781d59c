// A secret that stands in a file of its own: a key to sign with, a URL that is a capability.
#ifndef POSTERN_GATEWAY_NOTIFY_SECRET_FILE_H_
#define POSTERN_GATEWAY_NOTIFY_SECRET_FILE_H_

#include <absl/status/statusor.h>

#include <string>

#include "common/mysql/flow/secret.h"

namespace postern::notify {

// What the file holds, without the newline at its end. FAILED_PRECONDITION, which names the file and nothing of what is in it,
// when it cannot be read, is empty or over 4 KiB, or when others than its owner may read it.
absl::StatusOr<mysql::Secret> ReadSecretFile(const std::string& file);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_SECRET_FILE_H_
