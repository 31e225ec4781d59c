#include "gateway/masking/stand_in.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "common/text/ascii.h"
#include "gateway/masking/charset.h"
#include "gateway/masking/round.h"
#include "gateway/masking/temporal.h"

namespace postern::masking {
namespace {

constexpr size_t kMaxBitBytes = 8;

// The policy is UTF-8.
bool CanBeWrittenIn(Charset charset, std::string_view value) {
  if (charset == Charset::kUtf8mb4 || charset == Charset::kUtf8mb3) return CountCharacters(charset, value).has_value();
  return text::IsAscii(value);
}

template <typename Number>
std::optional<Number> Parsed(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

unsigned BitsOf(mysql::FieldType type) {
  switch (type) {
    case mysql::FieldType::kTiny:
      return 8;
    case mysql::FieldType::kShort:
      return 16;
    case mysql::FieldType::kInt24:
      return 24;
    case mysql::FieldType::kLong:
      return 32;
    default:  // the server's types are an open list
      return 64;
  }
}

std::optional<std::string> FixedInteger(const ValueType& type, std::string_view value) {
  const unsigned spare = 64 - BitsOf(type.field);
  if (type.is_unsigned) {
    const auto number = Parsed<uint64_t>(value);
    if (!number || *number > UINT64_MAX >> spare) return std::nullopt;
    return std::to_string(*number);
  }
  const auto number = Parsed<int64_t>(value);
  if (!number || *number > INT64_MAX >> spare || *number < INT64_MIN >> spare) return std::nullopt;
  return std::to_string(*number);
}

std::optional<std::string> FixedDecimal(const ValueType& type, std::string_view value) {
  const size_t point = value.find('.');
  const size_t decimals = point == std::string_view::npos ? 0 : value.size() - point - 1;
  const bool wrong_sign = type.is_unsigned && !value.empty() && value[0] == '-';
  const bool any_digit = value.find_first_of("0123456789") != std::string_view::npos;
  std::string text;
  if (wrong_sign || !any_digit || decimals > type.decimals) return std::nullopt;
  if (!RoundExact(value, type.decimals, Rounding::kTowardsZero, text)) return std::nullopt;
  // The definition's length counts the digits, a point and a sign.
  return text.size() <= type.length ? std::optional(text) : std::nullopt;
}

std::optional<std::string> FixedYear(std::string_view value) {
  const auto year = Parsed<uint16_t>(value);
  const bool known = year && value.size() == 4 && (*year == 0 || (*year >= 1901 && *year <= 2155));
  return known ? std::optional(std::string(value)) : std::nullopt;
}

std::optional<std::string> FixedTemporal(const ValueType& type, std::string_view value) {
  std::string text;
  if (type.value_class == ValueClass::kTime) {
    const auto duration = ParseDuration(value);
    if (!duration) return std::nullopt;
    AppendDuration(text, *duration, type.decimals);
    return text;
  }
  const auto datetime = ParseDatetime(value);
  if (!datetime) return std::nullopt;
  if (type.value_class == ValueClass::kDatetime) {
    AppendDatetime(text, *datetime, type.decimals);
    return text;
  }
  if (datetime->has_time) return std::nullopt;
  AppendDate(text, *datetime);
  return text;
}

std::optional<std::string> JsonString(std::string_view value) {
  if (!CountCharacters(Charset::kUtf8mb4, value)) return std::nullopt;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      text.append("\\u00") += kDigits[byte >> 4];
      text += kDigits[byte & 0xF];
    } else {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text + "\"";
}

std::string WithFraction(std::string text, uint8_t digits) {
  if (digits > 0) text.append(".").append(std::min(digits, kMaxFractionDigits), '0');
  return text;
}

}  // namespace

std::optional<std::string> RedactionOf(const ValueType& type) {
  switch (type.value_class) {
    case ValueClass::kInteger:
    case ValueClass::kReal:
      return "0";
    case ValueClass::kDecimal:
      return type.decimals > 0 ? "0." + std::string(type.decimals, '0') : "0";
    case ValueClass::kYear:
      return "0000";
    case ValueClass::kDate:
      return "0000-00-00";
    case ValueClass::kDatetime:
      return WithFraction("0000-00-00 00:00:00", type.decimals);
    case ValueClass::kTime:
      return WithFraction("00:00:00", type.decimals);
    case ValueClass::kText:
    case ValueClass::kBytes:
      return std::string(kRedacted);
    case ValueClass::kBit:
      return std::string(std::clamp<size_t>((size_t{type.length} + 7) / 8, 1, kMaxBitBytes), '\0');
    case ValueClass::kJson:
      return "null";
    case ValueClass::kOpaque:
    case ValueClass::kUnknown:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> FixedOf(const ValueType& type, std::string_view value) {
  if (value.size() > kMaxFixedBytes) return std::nullopt;
  switch (type.value_class) {
    case ValueClass::kInteger:
      return FixedInteger(type, value);
    case ValueClass::kDecimal:
      return FixedDecimal(type, value);
    case ValueClass::kReal: {
      const auto number = Parsed<double>(value);
      return number && std::isfinite(*number) ? std::optional(std::string(value)) : std::nullopt;
    }
    case ValueClass::kYear:
      return FixedYear(value);
    case ValueClass::kDate:
    case ValueClass::kDatetime:
    case ValueClass::kTime:
      return FixedTemporal(type, value);
    case ValueClass::kText:
      return CanBeWrittenIn(type.charset, value) ? std::optional(std::string(value)) : std::nullopt;
    case ValueClass::kBytes:
      return std::string(value);
    case ValueClass::kJson:
      return JsonString(value);
    case ValueClass::kBit:
    case ValueClass::kOpaque:
    case ValueClass::kUnknown:
      break;
  }
  return std::nullopt;
}

}  // namespace postern::masking
