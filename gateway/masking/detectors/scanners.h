// The scanners of the built-in kinds. Each is called where a byte of its class stands at `at`, and says which span of
// the text around it is of its kind, or where nothing new can begin before. Pure.
#ifndef POSTERN_GATEWAY_MASKING_DETECTORS_SCANNERS_H_
#define POSTERN_GATEWAY_MASKING_DETECTORS_SCANNERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/masking/detectors/detector.h"

namespace postern::masking {

// What a byte can announce.
enum class Trigger : uint8_t {
  kNothing,
  kDigit,      // cards, IBANs, social security numbers, telephones
  kAt,         // addresses
  kJay,        // the J of "eyJ"
  kKeyLetter,  // a letter of the prefix of an API key, rare in prose: _ x I z
  kHyphen,     // -----BEGIN
};

struct Looked {
  std::optional<Span> found;
  size_t next = 0;  // where to go on; past `at`
};

// A stretch of digits and what stands between groups of them. REQUIRES: MayBeNumber says so of `at`.
Looked LookAtNumber(std::string_view text, size_t at, const Detector& wanted);
Looked LookAtAddress(std::string_view text, size_t at);
Looked LookAtJwt(std::string_view text, size_t at);
Looked LookAtApiKey(std::string_view text, size_t at);
Looked LookAtPrivateKey(std::string_view text, size_t at);

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsLetter(char c) { return IsUpper(c) || (c >= 'a' && c <= 'z'); }

namespace internal {
constexpr std::array<bool, 256> WordBytes() {
  std::array<bool, 256> table{};
  for (size_t c = 0; c < table.size(); ++c) {
    table[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  }
  return table;
}
inline constexpr std::array<bool, 256> kWordBytes = WordBytes();
// Digits, and what stands between groups of them.
constexpr std::array<bool, 256> NumberBytes() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("0123456789 -./()")) table[static_cast<uint8_t>(c)] = true;
  return table;
}
inline constexpr std::array<bool, 256> kNumberBytes = NumberBytes();
}  // namespace internal

inline bool IsWordByte(char c) { return internal::kWordBytes[static_cast<uint8_t>(c)]; }
inline bool IsBetweenGroups(char c) { return internal::kNumberBytes[static_cast<uint8_t>(c)] && !IsDigit(c); }
inline size_t WordEnd(std::string_view text, size_t at) {
  while (at < text.size() && IsWordByte(text[at])) ++at;
  return at;
}
inline bool IsBase64Url(char c) { return IsWordByte(c) || c == '-'; }

// Whether the span stands alone: no letter, digit or underscore touches it.
inline bool StandsAlone(std::string_view text, size_t begin, size_t end) {
  return (begin == 0 || !IsWordByte(text[begin - 1])) && (end == text.size() || !IsWordByte(text[end]));
}

inline constexpr size_t kFewestDigits = 8;  // of anything that is looked for

// Whether the digit at `at` is worth LookAtNumber: logs and identifiers are full of numbers too short for anything, and of digits
// inside words. It begins a number whose next bytes could hold enough digits, or stands behind two capitals as in an IBAN.
inline bool MayBeNumber(std::string_view text, size_t at) {
  if (at > 0 && IsWordByte(text[at - 1])) return at >= 2 && IsUpper(text[at - 1]) && IsUpper(text[at - 2]);
  if (text.size() - at < kFewestDigits) return false;
  bool all = true;
  for (size_t i = 0; i < kFewestDigits; ++i) all &= internal::kNumberBytes[static_cast<uint8_t>(text[at + i])];
  return all;
}

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_DETECTORS_SCANNERS_H_
