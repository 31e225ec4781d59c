// Typed values in the binary protocol: parameters of prepared statements and query attributes.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_VALUE_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/wire/bytes.h"
#include "common/mysql/wire/reader.h"

namespace postern::mysql {

enum class FieldType : uint8_t {
  kDecimal = 0x00,
  kTiny = 0x01,
  kShort = 0x02,
  kLong = 0x03,
  kFloat = 0x04,
  kDouble = 0x05,
  kNull = 0x06,
  kTimestamp = 0x07,
  kLongLong = 0x08,
  kInt24 = 0x09,
  kDate = 0x0A,
  kTime = 0x0B,
  kDatetime = 0x0C,
  kYear = 0x0D,
  kVarchar = 0x0F,
  kBit = 0x10,
  kVector = 0xF2,
  kJson = 0xF5,
  kNewDecimal = 0xF6,
  kEnum = 0xF7,
  kSet = 0xF8,
  kTinyBlob = 0xF9,
  kMediumBlob = 0xFA,
  kLongBlob = 0xFB,
  kBlob = 0xFC,
  kVarString = 0xFD,
  kString = 0xFE,
  kGeometry = 0xFF,
};

// "VAR_STRING", "LONGLONG": the name in MySQL's headers, without its prefix. "?" for a byte that is no type.
std::string_view FieldTypeName(FieldType type);

struct ParameterType {
  FieldType type = FieldType::kNull;
  bool is_unsigned = false;
  std::string name;  // of a query attribute; usually empty for statement parameters

  bool operator==(const ParameterType&) const = default;
};

struct NullValue {
  bool operator==(const NullValue&) const = default;
};
// The bytes came earlier, in COM_STMT_SEND_LONG_DATA packets.
struct LongDataValue {
  bool operator==(const LongDataValue&) const = default;
};
// DATE, DATETIME, TIMESTAMP. encoded_bytes is 0, 4, 7 or 11, kept so that what was sent is sent again.
struct DatetimeValue {
  uint8_t encoded_bytes = 0;
  uint16_t year = 0;
  uint8_t month = 0, day = 0, hour = 0, minute = 0, second = 0;
  uint32_t microsecond = 0;
  bool operator==(const DatetimeValue&) const = default;
};
// TIME. encoded_bytes is 0, 8 or 12.
struct TimeValue {
  uint8_t encoded_bytes = 0;
  bool negative = false;
  uint32_t days = 0;
  uint8_t hour = 0, minute = 0, second = 0;
  uint32_t microsecond = 0;
  bool operator==(const TimeValue&) const = default;
};

using Value =
    std::variant<NullValue, LongDataValue, int64_t, uint64_t, float, double, std::string, DatetimeValue, TimeValue>;

struct Parameter {
  ParameterType type;
  Value value;

  bool operator==(const Parameter&) const = default;
};

// As a person writes it: NULL, -42, 'it''s', x'00FF', '2026-11-21 20:00:00', (long data). Text over `max_bytes` is cut
// and says so. For records and reviewers; never sent to a server.
std::string ParameterText(const Parameter& parameter, size_t max_bytes = 1024);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_VALUE_H_
