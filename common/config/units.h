// Durations ("250ms", "5s", "1h30m") and byte sizes ("512", "64KiB", "16MiB") as people write them. Pure functions.
#ifndef POSTERN_COMMON_CONFIG_UNITS_H_
#define POSTERN_COMMON_CONFIG_UNITS_H_

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::config {

// Units ms, s, m, h, d, largest first, whole numbers, each at most once. Negative, unitless (but "0") and overflowing
// ones are refused.
std::optional<absl::Duration> ParseDuration(std::string_view text);
std::string DurationText(absl::Duration duration);

// A whole number with nothing, B, KiB, MiB or GiB.
std::optional<uint64_t> ParseBytes(std::string_view text);
std::string BytesText(uint64_t bytes);

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_UNITS_H_
