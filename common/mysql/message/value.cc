#include "common/mysql/message/value.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace postern::mysql {
namespace {

// Text is what has no control bytes but the usual blanks; everything else is shown as hex.
bool LooksLikeText(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
  });
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') {
      out += "''";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string Fraction(uint8_t encoded_bytes, uint8_t whole_bytes, uint32_t microsecond) {
  return encoded_bytes > whole_bytes ? absl::StrFormat(".%06u", microsecond) : "";
}

struct TextWriter {
  size_t max_bytes;

  std::string operator()(const NullValue&) const { return "NULL"; }
  std::string operator()(const LongDataValue&) const { return "(long data)"; }
  std::string operator()(int64_t value) const { return absl::StrCat(value); }
  std::string operator()(uint64_t value) const { return absl::StrCat(value); }
  std::string operator()(float value) const { return absl::StrFormat("%.9g", value); }
  std::string operator()(double value) const { return absl::StrFormat("%.17g", value); }
  std::string operator()(const std::string& value) const {
    std::string_view shown = std::string_view(value).substr(0, max_bytes);
    std::string text = LooksLikeText(shown)
                           ? Quoted(shown)
                           : absl::StrCat("x'", absl::BytesToHexString({shown.data(), shown.size()}), "'");
    if (shown.size() < value.size()) absl::StrAppend(&text, "… (", value.size(), " bytes)");
    return text;
  }
  std::string operator()(const DatetimeValue& value) const {
    std::string text = absl::StrFormat("'%04u-%02u-%02u", value.year, value.month, value.day);
    if (value.encoded_bytes > 4) {
      absl::StrAppendFormat(&text, " %02u:%02u:%02u", value.hour, value.minute, value.second);
    }
    return absl::StrCat(text, Fraction(value.encoded_bytes, 7, value.microsecond), "'");
  }
  std::string operator()(const TimeValue& value) const {
    uint64_t hours = uint64_t{value.days} * 24 + value.hour;
    return absl::StrCat(
        absl::StrFormat("'%s%02u:%02u:%02u", value.negative ? "-" : "", hours, value.minute, value.second),
        Fraction(value.encoded_bytes, 8, value.microsecond), "'");
  }
};

}  // namespace

std::string ParameterText(const Parameter& parameter, size_t max_bytes) {
  return std::visit(TextWriter{max_bytes}, parameter.value);
}

std::string_view FieldTypeName(FieldType type) {
  switch (type) {
    case FieldType::kDecimal:
      return "DECIMAL";
    case FieldType::kTiny:
      return "TINY";
    case FieldType::kShort:
      return "SHORT";
    case FieldType::kLong:
      return "LONG";
    case FieldType::kFloat:
      return "FLOAT";
    case FieldType::kDouble:
      return "DOUBLE";
    case FieldType::kNull:
      return "NULL";
    case FieldType::kTimestamp:
      return "TIMESTAMP";
    case FieldType::kLongLong:
      return "LONGLONG";
    case FieldType::kInt24:
      return "INT24";
    case FieldType::kDate:
      return "DATE";
    case FieldType::kTime:
      return "TIME";
    case FieldType::kDatetime:
      return "DATETIME";
    case FieldType::kYear:
      return "YEAR";
    case FieldType::kVarchar:
      return "VARCHAR";
    case FieldType::kBit:
      return "BIT";
    case FieldType::kVector:
      return "VECTOR";
    case FieldType::kJson:
      return "JSON";
    case FieldType::kNewDecimal:
      return "NEWDECIMAL";
    case FieldType::kEnum:
      return "ENUM";
    case FieldType::kSet:
      return "SET";
    case FieldType::kTinyBlob:
      return "TINY_BLOB";
    case FieldType::kMediumBlob:
      return "MEDIUM_BLOB";
    case FieldType::kLongBlob:
      return "LONG_BLOB";
    case FieldType::kBlob:
      return "BLOB";
    case FieldType::kVarString:
      return "VAR_STRING";
    case FieldType::kString:
      return "STRING";
    case FieldType::kGeometry:
      return "GEOMETRY";
  }
  return "?";
}

}  // namespace postern::mysql
