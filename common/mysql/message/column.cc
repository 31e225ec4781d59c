#include "common/mysql/message/column.h"

#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr uint8_t kFixedFieldsBytes = 0x0C;
constexpr uint8_t kNullDefault = 0xFB;

}  // namespace

std::string ColumnDefinition41::Encode() const {
  std::string out;
  Writer writer(out);
  writer.LenencText(catalog).LenencText(schema).LenencText(table).LenencText(org_table);
  writer.LenencText(name).LenencText(org_name).U8(kFixedFieldsBytes);
  writer.U16(charset).U32(length).U8(static_cast<uint8_t>(type)).U16(flags).U8(decimals).Zeros(2);
  return out;
}

absl::StatusOr<ColumnDefinition41> ColumnDefinition41::Decode(Bytes payload, bool for_field_list) {
  Reader reader(payload, "column definition");
  ColumnDefinition41 column;
  column.catalog = reader.LenencText();
  column.schema = reader.LenencText();
  column.table = reader.LenencText();
  column.org_table = reader.LenencText();
  column.name = reader.LenencText();
  column.org_name = reader.LenencText();
  if (reader.U8() != kFixedFieldsBytes) reader.Refuse("the fixed fields have another length");
  column.charset = reader.U16();
  column.length = reader.U32();
  column.type = static_cast<FieldType>(reader.U8());
  column.flags = reader.U16();
  column.decimals = reader.U8();
  reader.Take(2);
  if (for_field_list && reader.remaining() > 0) {
    if (reader.Peek() == kNullDefault) {
      reader.Take(1);
    } else {
      reader.LenencBytes();
    }
  }
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return column;
}

std::string ColumnCount::Encode() const {
  std::string out;
  Writer(out).LenencInt(columns);
  return out;
}

absl::StatusOr<ColumnCount> ColumnCount::Decode(Bytes payload) {
  Reader reader(payload, "column count");
  ColumnCount packet;
  packet.columns = reader.LenencInt();
  if (packet.columns == 0) reader.Refuse("no columns");
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string PrepareOk::Encode() const {
  std::string out;
  Writer(out).U8(0).U32(statement_id).U16(columns).U16(parameters).U8(0).U16(warnings);
  return out;
}

absl::StatusOr<PrepareOk> PrepareOk::Decode(Bytes payload) {
  Reader reader(payload, "prepare-OK");
  PrepareOk packet;
  if (reader.U8() != 0) reader.Refuse("not an OK");
  packet.statement_id = reader.U32();
  packet.columns = reader.U16();
  packet.parameters = reader.U16();
  if (reader.U8() != 0) reader.Refuse("the filler is not zero");
  packet.warnings = reader.U16();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

}  // namespace postern::mysql
