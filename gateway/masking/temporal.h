// Dates and times as text ("2026-11-21 20:00:00.5") and as the binary protocol has them. Pure.
#ifndef POSTERN_GATEWAY_MASKING_TEMPORAL_H_
#define POSTERN_GATEWAY_MASKING_TEMPORAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::masking {

inline constexpr uint8_t kMaxFractionDigits = 6;

// Parts may be zero, as MySQL's zero dates are; they are within their ranges, but February may have 31 days.
struct Datetime {
  uint16_t year = 0;
  uint8_t month = 0, day = 0;
  bool has_time = false;  // as written; a date alone has none
  uint8_t hour = 0, minute = 0, second = 0;
  uint32_t microsecond = 0;
};

struct Duration {
  bool negative = false;
  uint32_t hours = 0;  // more than a day's, if need be
  uint8_t minute = 0, second = 0;
  uint32_t microsecond = 0;
};

// 2026-11-21, or with a time after a blank or T; the fraction may have up to six digits. Nothing for any other text.
std::optional<Datetime> ParseDatetime(std::string_view text);
// [-]hours:minutes:seconds[.fraction]
std::optional<Duration> ParseDuration(std::string_view text);

// The content of a binary value, without its byte of length: 0, 4, 7 or 11 bytes; 0, 8 or 12 for a duration.
std::optional<Datetime> DecodeDatetime(std::string_view raw);
std::optional<Duration> DecodeDuration(std::string_view raw);

void AppendDate(std::string& out, const Datetime& value);
void AppendDatetime(std::string& out, const Datetime& value, uint8_t fraction_digits);
void AppendDuration(std::string& out, const Duration& value, uint8_t fraction_digits);

// With the byte of length, as short as it can be.
void EncodeDatetime(std::string& out, const Datetime& value);
void EncodeDuration(std::string& out, const Duration& value);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_TEMPORAL_H_
