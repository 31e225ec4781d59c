#include "common/mysql/message/parameters.h"

#include <algorithm>
#include <bit>

namespace postern::mysql {
namespace {

constexpr uint16_t kUnsignedFlag = 0x8000;

Value Integer(Reader& reader, bool is_unsigned, size_t width) {
  uint64_t bits = width == 1 ? reader.U8() : width == 2 ? reader.U16() : width == 4 ? reader.U32() : reader.U64();
  if (is_unsigned) return bits;
  size_t unused = 64 - 8 * width;
  return static_cast<int64_t>(bits << unused) >> unused;
}

Value Datetime(Reader& reader) {
  DatetimeValue value;
  value.encoded_bytes = reader.U8();
  size_t width = value.encoded_bytes;
  if (width != 0 && width != 4 && width != 7 && width != 11) reader.Refuse("a date has no such length");
  if (width >= 4) {
    value.year = reader.U16();
    value.month = reader.U8();
    value.day = reader.U8();
  }
  if (width >= 7) {
    value.hour = reader.U8();
    value.minute = reader.U8();
    value.second = reader.U8();
  }
  if (width == 11) value.microsecond = reader.U32();
  return value;
}

Value Time(Reader& reader) {
  TimeValue value;
  value.encoded_bytes = reader.U8();
  size_t width = value.encoded_bytes;
  if (width != 0 && width != 8 && width != 12) reader.Refuse("a time has no such length");
  if (width >= 8) {
    value.negative = reader.U8() != 0;
    value.days = reader.U32();
    value.hour = reader.U8();
    value.minute = reader.U8();
    value.second = reader.U8();
  }
  if (width == 12) value.microsecond = reader.U32();
  return value;
}

// No `default`: a type byte that is none of ours falls out of the switch and is refused.
Value ReadValue(Reader& reader, const ParameterType& type) {
  switch (type.type) {
    case FieldType::kNull:
      return NullValue{};
    case FieldType::kTiny:
      return Integer(reader, type.is_unsigned, 1);
    case FieldType::kShort:
    case FieldType::kYear:
      return Integer(reader, type.is_unsigned, 2);
    case FieldType::kLong:
    case FieldType::kInt24:
      return Integer(reader, type.is_unsigned, 4);
    case FieldType::kLongLong:
      return Integer(reader, type.is_unsigned, 8);
    case FieldType::kFloat:
      return std::bit_cast<float>(reader.U32());
    case FieldType::kDouble:
      return std::bit_cast<double>(reader.U64());
    case FieldType::kDate:
    case FieldType::kDatetime:
    case FieldType::kTimestamp:
      return Datetime(reader);
    case FieldType::kTime:
      return Time(reader);
    case FieldType::kDecimal:
    case FieldType::kNewDecimal:
    case FieldType::kVarchar:
    case FieldType::kVarString:
    case FieldType::kString:
    case FieldType::kEnum:
    case FieldType::kSet:
    case FieldType::kTinyBlob:
    case FieldType::kMediumBlob:
    case FieldType::kLongBlob:
    case FieldType::kBlob:
    case FieldType::kGeometry:
    case FieldType::kJson:
    case FieldType::kBit:
    case FieldType::kVector:
      return std::string(reader.LenencText());
  }
  reader.Refuse("a parameter has an unknown type");
  return NullValue{};
}

ParameterType ReadType(Reader& reader, const ParameterBlock& block) {
  uint16_t bits = reader.U16();
  if (bits & 0x7F00) reader.Refuse("a parameter type has unknown flags");
  ParameterType type{static_cast<FieldType>(bits & 0xFF), (bits & kUnsignedFlag) != 0, ""};
  if (block.named) type.name = reader.LenencText(block.max_name_bytes);
  return type;
}

void WriteInteger(Writer& writer, FieldType type, uint64_t bits) {
  if (type == FieldType::kTiny) {
    writer.U8(static_cast<uint8_t>(bits));
  } else if (type == FieldType::kShort || type == FieldType::kYear) {
    writer.U16(static_cast<uint16_t>(bits));
  } else if (type == FieldType::kLong || type == FieldType::kInt24) {
    writer.U32(static_cast<uint32_t>(bits));
  } else {
    writer.U64(bits);
  }
}

struct ValueWriter {
  Writer& writer;
  FieldType type;

  void operator()(const NullValue&) {}
  void operator()(const LongDataValue&) {}
  void operator()(int64_t value) { WriteInteger(writer, type, static_cast<uint64_t>(value)); }
  void operator()(uint64_t value) { WriteInteger(writer, type, value); }
  void operator()(float value) { writer.U32(std::bit_cast<uint32_t>(value)); }
  void operator()(double value) { writer.U64(std::bit_cast<uint64_t>(value)); }
  void operator()(const std::string& value) { writer.LenencText(value); }
  void operator()(const DatetimeValue& value) {
    writer.U8(value.encoded_bytes);
    if (value.encoded_bytes >= 4) writer.U16(value.year).U8(value.month).U8(value.day);
    if (value.encoded_bytes >= 7) writer.U8(value.hour).U8(value.minute).U8(value.second);
    if (value.encoded_bytes == 11) writer.U32(value.microsecond);
  }
  void operator()(const TimeValue& value) {
    writer.U8(value.encoded_bytes);
    if (value.encoded_bytes < 8) return;
    writer.U8(value.negative).U32(value.days).U8(value.hour).U8(value.minute).U8(value.second);
    if (value.encoded_bytes == 12) writer.U32(value.microsecond);
  }
};

}  // namespace

bool ReadParameters(Reader& reader, const ParameterBlock& block, std::vector<Parameter>& parameters) {
  Bytes bitmap = reader.Take((block.count + 7) / 8);
  uint8_t new_types = reader.U8();
  if (new_types > 1) reader.Refuse("the new-types flag is neither 0 nor 1");
  if (new_types == 0 && block.last_types.size() != block.count) reader.Refuse("parameters without types");
  if (!reader.ok()) return false;

  parameters.resize(block.count);
  for (size_t i = 0; i < block.count && reader.ok(); ++i) {
    parameters[i].type = new_types ? ReadType(reader, block) : block.last_types[i];
  }
  for (size_t i = 0; i < block.count && reader.ok(); ++i) {
    bool is_null = (static_cast<uint8_t>(bitmap[i / 8]) >> (i % 8)) & 1;
    bool is_long = std::find(block.long_data.begin(), block.long_data.end(), i) != block.long_data.end();
    if (is_long && is_null) reader.Refuse("a parameter is both long data and NULL");
    if (is_long) {
      parameters[i].value = LongDataValue{};
    } else if (!is_null) {
      parameters[i].value = ReadValue(reader, parameters[i].type);
    }
  }
  return new_types == 1;
}

void WriteParameters(Writer& writer, std::span<const Parameter> parameters, bool named) {
  std::string bitmap((parameters.size() + 7) / 8, '\0');
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (std::holds_alternative<NullValue>(parameters[i].value)) bitmap[i / 8] |= static_cast<char>(1 << (i % 8));
  }
  writer.Text(bitmap).U8(1);
  for (const Parameter& parameter : parameters) {
    uint16_t flag = parameter.type.is_unsigned ? kUnsignedFlag : 0;
    writer.U16(static_cast<uint16_t>(static_cast<uint16_t>(parameter.type.type) | flag));
    if (named) writer.LenencText(parameter.type.name);
  }
  for (const Parameter& parameter : parameters) std::visit(ValueWriter{writer, parameter.type.type}, parameter.value);
}

}  // namespace postern::mysql
