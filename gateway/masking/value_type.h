// What kind of value a result's column holds and how long its bytes are, seen from its definition. Pure.
#ifndef POSTERN_GATEWAY_MASKING_VALUE_TYPE_H_
#define POSTERN_GATEWAY_MASKING_VALUE_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/mysql/message/column.h"
#include "gateway/masking/charset.h"

namespace postern::masking {

enum class ValueClass : uint8_t {
  kInteger,
  kDecimal,
  kReal,  // FLOAT, DOUBLE
  kYear,
  kDate,
  kDatetime,  // and TIMESTAMP
  kTime,
  kText,  // whatever comes as a string and is meant to be read: ENUM, SET, INET6 and UUID too
  kBytes,
  kBit,
  kJson,
  kOpaque,   // GEOMETRY, VECTOR: a driver may take the bytes apart
  kUnknown,  // a type byte that no server sends in a result
};

// How a value lies in a row.
enum class Encoding : uint8_t {
  kLenencOrNull,  // text protocol, every type: length and bytes, or FB
  kLenenc,        // binary protocol from here on
  kOne,
  kTwo,
  kFour,
  kEight,
  kTemporal,  // one byte of length, at most 12, and as many bytes
  kNone,      // a value that is always NULL, or of an unknown type: none may come
};

// How many bytes every value of the encoding has; 0 where they say so themselves or there are none.
constexpr size_t FixedBytes(Encoding encoding) {
  switch (encoding) {
    case Encoding::kOne:
      return 1;
    case Encoding::kTwo:
      return 2;
    case Encoding::kFour:
      return 4;
    case Encoding::kEight:
      return 8;
    case Encoding::kLenencOrNull:
    case Encoding::kLenenc:
    case Encoding::kTemporal:
    case Encoding::kNone:
      break;
  }
  return 0;
}

// Flags of a column definition.
namespace column_flag {
inline constexpr uint16_t kNotNull = 1;
inline constexpr uint16_t kPrimaryKey = 2;
inline constexpr uint16_t kUniqueKey = 4;
inline constexpr uint16_t kMultipleKey = 8;
inline constexpr uint16_t kBlob = 16;
inline constexpr uint16_t kUnsigned = 32;
inline constexpr uint16_t kZerofill = 64;
inline constexpr uint16_t kBinary = 128;
inline constexpr uint16_t kEnum = 256;
inline constexpr uint16_t kAutoIncrement = 512;
inline constexpr uint16_t kTimestamp = 1024;
inline constexpr uint16_t kSet = 2048;
inline constexpr uint16_t kNoDefault = 4096;
inline constexpr uint16_t kOnUpdateNow = 8192;
inline constexpr uint16_t kPartOfKey = 16384;
}  // namespace column_flag

struct ValueType {
  ValueClass value_class = ValueClass::kUnknown;
  mysql::FieldType field = mysql::FieldType::kNull;
  Encoding binary = Encoding::kNone;
  bool is_unsigned = false;
  bool zerofill = false;
  uint8_t decimals = 0;  // digits after the point, of seconds too; 0 where the definition says "as many as it takes"
  uint32_t length = 0;
  Charset charset = Charset::kUnknown;

  static ValueType Of(const mysql::ColumnDefinition41& column);

  bool IsNumber() const;
  bool IsString() const { return value_class == ValueClass::kText || value_class == ValueClass::kBytes; }
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_VALUE_TYPE_H_
