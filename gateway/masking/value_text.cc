#include "gateway/masking/value_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"
#include "gateway/masking/temporal.h"

namespace postern::masking {
namespace {

constexpr int kFloatDigits = 6;  // as many as a server writes of a FLOAT
constexpr size_t kYearDigits = 4;

template <typename Number>
bool ParseWhole(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

template <typename Number, typename... Format>
void AppendNumber(std::string& out, Number value, Format... format) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, format...);
  out.append(digits.data(), end);
}

uint64_t LittleEndian(std::string_view raw) {
  uint64_t value = 0;
  for (size_t i = raw.size(); i > 0; --i) value = value << 8 | static_cast<uint8_t>(raw[i - 1]);
  return value;
}

int64_t SignExtended(uint64_t value, size_t bytes) {
  const unsigned shift = 64 - 8 * static_cast<unsigned>(bytes);
  return static_cast<int64_t>(value << shift) >> shift;
}

bool IntegerToText(const ValueType& type, std::string_view raw, std::string& text) {
  if (raw.size() != FixedBytes(type.binary)) return false;
  const uint64_t value = LittleEndian(raw);
  if (type.is_unsigned || type.value_class == ValueClass::kYear) {
    AppendNumber(text, value);
  } else {
    AppendNumber(text, SignExtended(value, raw.size()));
  }
  const size_t width = type.value_class == ValueClass::kYear ? kYearDigits : type.zerofill ? type.length : 0;
  if (text.size() < width && width <= UINT8_MAX) text.insert(0, width - text.size(), '0');
  return true;
}

bool RealToText(const ValueType& type, std::string_view raw, std::string& text) {
  if (raw.size() != FixedBytes(type.binary)) return false;
  if (raw.size() == sizeof(float)) {
    float value = 0;
    std::memcpy(&value, raw.data(), sizeof(value));
    AppendNumber(text, value, std::chars_format::general, kFloatDigits);
  } else {
    double value = 0;
    std::memcpy(&value, raw.data(), sizeof(value));
    AppendNumber(text, value);
  }
  return true;
}

bool AppendInteger(const ValueType& type, std::string_view text, std::string& out) {
  uint64_t bits = 0;
  if (type.is_unsigned || type.value_class == ValueClass::kYear) {
    if (!ParseWhole(text, bits)) return false;
  } else {
    int64_t value = 0;
    if (!ParseWhole(text, value)) return false;
    bits = static_cast<uint64_t>(value);
  }
  const size_t width = FixedBytes(type.binary);
  for (size_t i = 0; i < width; ++i) out.push_back(static_cast<char>(bits >> (8 * i)));
  return true;
}

bool AppendReal(const ValueType& type, std::string_view text, std::string& out) {
  double value = 0;
  if (!ParseWhole(text, value)) return false;
  if (FixedBytes(type.binary) == sizeof(float)) {
    const auto narrow = static_cast<float>(value);
    out.append(reinterpret_cast<const char*>(&narrow), sizeof(narrow));
  } else {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return true;
}

bool AppendTemporal(const ValueType& type, std::string_view text, std::string& out) {
  if (type.value_class == ValueClass::kTime) {
    const auto value = ParseDuration(text);
    if (value) EncodeDuration(out, *value);
    return value.has_value();
  }
  const auto value = ParseDatetime(text);
  if (value) EncodeDatetime(out, *value);
  return value.has_value();
}

// [-]digits[.digits] without what does not count: 007.50 is 7.5, -0.0 is 0.
bool CanonicalNumber(std::string_view text, std::string& canonical) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  const bool digits_only = whole.find_first_not_of("0123456789") == std::string_view::npos &&
                           fraction.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits_only || text.empty() || whole.size() + fraction.size() == 0) return false;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  if (negative && whole.size() + fraction.size() > 0) canonical += '-';
  canonical += whole.empty() ? "0" : whole;
  if (!fraction.empty()) canonical.append(".").append(fraction);
  return true;
}

bool CanonicalReal(const ValueType& type, std::string_view text, std::string& canonical) {
  double value = 0;
  if (!ParseWhole(text, value)) return false;
  if (value == 0) value = 0;  // -0 too
  if (type.binary == Encoding::kFour) {
    AppendNumber(canonical, value, std::chars_format::general, kFloatDigits);
  } else {
    AppendNumber(canonical, value);
  }
  return true;
}

}  // namespace

bool BinaryToText(const ValueType& type, std::string_view raw, std::string& text) {
  text.clear();
  switch (type.value_class) {
    case ValueClass::kInteger:
    case ValueClass::kYear:
      return IntegerToText(type, raw, text);
    case ValueClass::kReal:
      return RealToText(type, raw, text);
    case ValueClass::kDate:
    case ValueClass::kDatetime: {
      const auto value = DecodeDatetime(raw);
      if (!value) return false;
      if (type.value_class == ValueClass::kDate) {
        AppendDate(text, *value);
      } else {
        AppendDatetime(text, *value, type.decimals);
      }
      return true;
    }
    case ValueClass::kTime: {
      const auto value = DecodeDuration(raw);
      if (value) AppendDuration(text, *value, type.decimals);
      return value.has_value();
    }
    case ValueClass::kDecimal:
    case ValueClass::kText:
    case ValueClass::kBytes:
    case ValueClass::kBit:
    case ValueClass::kJson:
    case ValueClass::kOpaque:
      text.assign(raw);
      return true;
    case ValueClass::kUnknown:
      break;
  }
  return false;
}

bool AppendBinary(const ValueType& type, std::string_view text, std::string& out) {
  switch (type.binary) {
    case Encoding::kLenenc:
    case Encoding::kLenencOrNull:
      mysql::Writer(out).LenencText(text);
      return true;
    case Encoding::kTemporal:
      return AppendTemporal(type, text, out);
    case Encoding::kOne:
    case Encoding::kTwo:
    case Encoding::kFour:
    case Encoding::kEight:
      return type.value_class == ValueClass::kReal ? AppendReal(type, text, out) : AppendInteger(type, text, out);
    case Encoding::kNone:
      break;
  }
  return false;
}

bool CanonicalText(const ValueType& type, std::string_view text, std::string& canonical) {
  canonical.clear();
  if (type.value_class == ValueClass::kInteger || type.value_class == ValueClass::kDecimal) {
    return CanonicalNumber(text, canonical);
  }
  if (type.value_class == ValueClass::kReal) return CanonicalReal(type, text, canonical);
  canonical.assign(text);
  return true;
}

}  // namespace postern::masking
