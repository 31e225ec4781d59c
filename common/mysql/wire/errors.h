// The four ways bytes can be wrong, each its own status code, so that callers can tell them apart:
//   truncated   kOutOfRange         the bytes end before the field does
//   malformed   kInvalidArgument    no server or client that speaks the protocol sends this
//   too large   kResourceExhausted  a limit of ours; the bytes may be honest
//   unsupported kUnimplemented      legal, and we do not do it
#ifndef POSTERN_COMMON_MYSQL_WIRE_ERRORS_H_
#define POSTERN_COMMON_MYSQL_WIRE_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

namespace postern::mysql {

[[nodiscard]] inline absl::Status Truncated(std::string_view what) {
  return absl::OutOfRangeError(absl::string_view(what.data(), what.size()));
}
[[nodiscard]] inline absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(absl::string_view(what.data(), what.size()));
}
[[nodiscard]] inline absl::Status TooLarge(std::string_view what) {
  return absl::ResourceExhaustedError(absl::string_view(what.data(), what.size()));
}
[[nodiscard]] inline absl::Status Unsupported(std::string_view what) {
  return absl::UnimplementedError(absl::string_view(what.data(), what.size()));
}

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_WIRE_ERRORS_H_
