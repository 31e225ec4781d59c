// What is done to a value that an agent may not see as it is. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_MASK_H_
#define POSTERN_GATEWAY_POLICY_MASK_H_

#include <cstdint>
#include <string>

namespace postern::policy {

// NULL stays NULL under every mask. A mask that means nothing for a column's type (an address in a number, a date in a blob
// that is none) is as kRedact, and so is one that could never change anything (whole numbers rounded to decimals). Lengths are
// not told: what is kept of a value stands beside a fixed number of stars.
enum class MaskKind : uint8_t {
  kRedact,     // a text becomes "[redacted]", a number 0, a time its zero value, a JSON text "null", a geometry or vector NULL
  kNull,       // NULL
  kHash,       // keyed HMAC-SHA-256 in hex, cut to `count` characters, 0 for all 64: equal values stay equal for one agent,
               // numbers by what they are worth (42, 042 and 42.00), texts byte for byte. The column becomes a text
  kKeepFirst,  // the first `count` characters and "****"; of a value with fewer than 2 * `count`, "****" alone. A whole number
  kKeepLast,   // or DECIMAL becomes a text; of FLOAT, DOUBLE and times nothing is kept
  kEmail,      // first character and domain: j***@example.com; j@example.com is ***@example.com
  kDateYear,   // the first day of the year, midnight; of a text that is an ISO date, the day alone
  kDateMonth,
  kRound,      // to `digits` decimals as ROUND(x, d): negative ones round before the point. Values that are round already show
  kFixed,      // `value`, where the column's type can hold it; else as kRedact
};

struct Mask {
  MaskKind kind = MaskKind::kRedact;
  uint32_t count = 0;
  int32_t digits = 0;
  std::string value;

  friend bool operator==(const Mask&, const Mask&) = default;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_MASK_H_
