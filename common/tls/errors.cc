#include "common/tls/errors.h"

#include <openssl/err.h>

#include <string>

namespace postern::tls {

absl::Status FileError(std::string_view what, std::string_view file) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_SYSTEM_ERROR(code) ? "cannot be read" : ERR_reason_error_string(code);
  return absl::FailedPreconditionError(std::string(what) + " " + std::string(file) + ": " +
                                       (reason == nullptr ? "unusable" : reason));
}

}  // namespace postern::tls
