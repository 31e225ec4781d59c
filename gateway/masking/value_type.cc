#include "gateway/masking/value_type.h"

namespace postern::masking {
namespace {

using mysql::FieldType;

constexpr uint8_t kFreeDecimals = 31;  // and 39 in newer MariaDB: FLOAT and DOUBLE without a number of decimals

ValueClass ClassOf(const mysql::ColumnDefinition41& column) {
  switch (column.type) {
    case FieldType::kTiny:
    case FieldType::kShort:
    case FieldType::kInt24:
    case FieldType::kLong:
    case FieldType::kLongLong:
      return ValueClass::kInteger;
    case FieldType::kDecimal:
    case FieldType::kNewDecimal:
      return ValueClass::kDecimal;
    case FieldType::kFloat:
    case FieldType::kDouble:
      return ValueClass::kReal;
    case FieldType::kYear:
      return ValueClass::kYear;
    case FieldType::kDate:
      return ValueClass::kDate;
    case FieldType::kDatetime:
    case FieldType::kTimestamp:
      return ValueClass::kDatetime;
    case FieldType::kTime:
      return ValueClass::kTime;
    case FieldType::kBit:
      return ValueClass::kBit;
    case FieldType::kJson:
      return ValueClass::kJson;
    case FieldType::kGeometry:
    case FieldType::kVector:
      return ValueClass::kOpaque;
    case FieldType::kVarchar:
    case FieldType::kVarString:
    case FieldType::kString:
    case FieldType::kEnum:
    case FieldType::kSet:
    case FieldType::kTinyBlob:
    case FieldType::kBlob:
    case FieldType::kMediumBlob:
    case FieldType::kLongBlob:
      return CharsetOf(column.charset) == Charset::kBytes ? ValueClass::kBytes : ValueClass::kText;
    case FieldType::kNull:
      break;
  }
  return ValueClass::kUnknown;
}

Encoding BinaryEncodingOf(FieldType type, ValueClass value_class) {
  switch (value_class) {
    case ValueClass::kInteger:
    case ValueClass::kReal:
    case ValueClass::kYear:
      break;
    case ValueClass::kDate:
    case ValueClass::kDatetime:
    case ValueClass::kTime:
      return Encoding::kTemporal;
    case ValueClass::kUnknown:
      return Encoding::kNone;
    case ValueClass::kDecimal:
    case ValueClass::kText:
    case ValueClass::kBytes:
    case ValueClass::kBit:
    case ValueClass::kJson:
    case ValueClass::kOpaque:
      return Encoding::kLenenc;
  }
  if (type == FieldType::kTiny) return Encoding::kOne;
  if (type == FieldType::kShort || type == FieldType::kYear) return Encoding::kTwo;
  return type == FieldType::kLongLong || type == FieldType::kDouble ? Encoding::kEight : Encoding::kFour;
}

}  // namespace

ValueType ValueType::Of(const mysql::ColumnDefinition41& column) {
  ValueType type;
  type.value_class = ClassOf(column);
  type.field = column.type;
  type.binary = BinaryEncodingOf(column.type, type.value_class);
  type.is_unsigned = (column.flags & column_flag::kUnsigned) != 0;
  type.zerofill = (column.flags & column_flag::kZerofill) != 0;
  type.decimals = column.decimals < kFreeDecimals ? column.decimals : 0;
  type.length = column.length;
  type.charset = CharsetOf(column.charset);
  return type;
}

bool ValueType::IsNumber() const {
  return value_class == ValueClass::kInteger || value_class == ValueClass::kDecimal || value_class == ValueClass::kReal;
}

}  // namespace postern::masking
