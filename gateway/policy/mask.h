// What is done to a value that an agent may not see as it is. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_MASK_H_
#define POSTERN_GATEWAY_POLICY_MASK_H_

#include <cstdint>
#include <string>

namespace postern::policy {

// NULL stays NULL under every mask.
enum class MaskKind : uint8_t {
  kRedact,     // a text becomes "[redacted]", a number 0, a time its zero value, a JSON text "null"
  kNull,       // NULL
  kHash,       // keyed HMAC-SHA-256 in hex, cut to `count` characters: equal values stay equal for one agent
  kKeepFirst,  // the first `count` characters, the others '*'
  kKeepLast,
  kEmail,      // first character and domain: j***@example.com
  kDateYear,   // the first day of the year, midnight
  kDateMonth,
  kRound,      // to `digits` decimals as ROUND(x, d): negative ones round before the point
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
