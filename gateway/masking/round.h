// Numbers rounded as ROUND(x, d) does. Pure.
#ifndef POSTERN_GATEWAY_MASKING_ROUND_H_
#define POSTERN_GATEWAY_MASKING_ROUND_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::masking {

enum class Rounding : uint8_t { kHalfUp, kTowardsZero };

// Appends an exact number of any length, to `digits` decimals, or before the point if they are negative. False if the
// text is no number.
bool RoundExact(std::string_view text, int32_t digits, Rounding rounding, std::string& out);

// Appends a FLOAT's or DOUBLE's.
bool RoundReal(std::string_view text, int32_t digits, std::string& out);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_ROUND_H_
