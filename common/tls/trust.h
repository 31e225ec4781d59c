// What others are to check a certificate of ours by.
#ifndef POSTERN_COMMON_TLS_TRUST_H_
#define POSTERN_COMMON_TLS_TRUST_H_

#include <absl/status/statusor.h>

#include <optional>
#include <string>

namespace postern::tls {

// The authorities in `ca`, or without one the last certificate of the chain in `certificate`; PEM. Reads the files anew;
// FAILED_PRECONDITION names the file.
absl::StatusOr<std::string> TrustFor(const std::string& certificate, const std::optional<std::string>& ca);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_TRUST_H_
