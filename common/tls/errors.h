// What OpenSSL says went wrong, as a status. Any thread; reads and clears the thread's error queue.
#ifndef POSTERN_COMMON_TLS_ERRORS_H_
#define POSTERN_COMMON_TLS_ERRORS_H_

#include <absl/status/status.h>

#include <string_view>

namespace postern::tls {

// FAILED_PRECONDITION "<what> <file>: <OpenSSL's last reason>".
absl::Status FileError(std::string_view what, std::string_view file);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_ERRORS_H_
