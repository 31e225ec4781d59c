#include "common/mysql/message/command.h"

#include "common/mysql/message/parameters.h"
#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr uint32_t kMaxParameters = 65535;

// A reader past the command byte; refuses another command's.
Reader BodyOf(Bytes payload, Command command, const char* what) {
  Reader reader(payload, what);
  if (reader.U8() != static_cast<uint8_t>(command)) reader.Refuse("another command");
  return reader;
}

Writer StartOf(std::string& out, Command command) {
  Writer writer(out);
  writer.U8(static_cast<uint8_t>(command));
  return writer;
}

template <typename Packet>
absl::StatusOr<Packet> Whole(Reader& reader, Packet packet) {
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

}  // namespace

std::string ComQuery::Encode(Capabilities capabilities) const {
  std::string out;
  Writer writer = StartOf(out, Command::kQuery);
  if (capabilities & capability::kQueryAttributes) {
    writer.LenencInt(attributes.size()).LenencInt(1);
    if (!attributes.empty()) WriteParameters(writer, attributes, true);
  }
  writer.Text(sql);
  return out;
}

absl::StatusOr<ComQuery> ComQuery::Decode(Bytes payload, Capabilities capabilities, const ParameterLimits& limits) {
  Reader reader = BodyOf(payload, Command::kQuery, "COM_QUERY");
  ComQuery packet;
  if (capabilities & capability::kQueryAttributes) {
    ParameterBlock block;
    block.count = reader.LenencInt();
    block.named = true;
    block.max_name_bytes = limits.max_name_bytes;
    if (reader.LenencInt() != 1) reader.Refuse("there must be one set of attributes");
    if (block.count > limits.max_attributes) reader.RefuseAsTooLarge("too many query attributes");
    if (reader.ok() && block.count > 0 && !ReadParameters(reader, block, packet.attributes)) {
      reader.Refuse("attributes without types");
    }
  }
  packet.sql = AsText(reader.Rest());
  return Whole(reader, std::move(packet));
}

std::vector<ParameterType> StmtExecute::Types() const {
  std::vector<ParameterType> types;
  types.reserve(parameters.size());
  for (const Parameter& parameter : parameters) types.push_back(parameter.type);
  return types;
}

std::string StmtExecute::Encode(Capabilities capabilities) const {
  bool with_attributes = (capabilities & capability::kQueryAttributes) != 0;
  std::vector<Parameter> all = parameters;
  if (with_attributes) all.insert(all.end(), attributes.begin(), attributes.end());
  uint8_t sent_flags = static_cast<uint8_t>(flags & ~kParameterCountAvailable);
  if (with_attributes) sent_flags |= kParameterCountAvailable;

  std::string out;
  Writer writer = StartOf(out, Command::kStmtExecute);
  writer.U32(statement_id).U8(sent_flags).U32(1);
  if (with_attributes) writer.LenencInt(all.size());
  if (!all.empty()) WriteParameters(writer, all, with_attributes);
  return out;
}

absl::StatusOr<StmtExecute> StmtExecute::Decode(Bytes payload, const ExecuteContext& context) {
  Reader reader = BodyOf(payload, Command::kStmtExecute, "COM_STMT_EXECUTE");
  StmtExecute packet;
  packet.statement_id = reader.U32();
  packet.flags = reader.U8();
  if (reader.U32() != 1) reader.Refuse("the iteration count must be 1");
  if (packet.flags & ~0x0F) reader.Refuse("unknown flags");

  bool named = (context.capabilities & capability::kQueryAttributes) != 0;
  bool has_block = context.parameters > 0 || (named && (packet.flags & kParameterCountAvailable));
  ParameterBlock block{context.parameters, named, context.limits.max_name_bytes, context.last_types, context.long_data};
  if (has_block && named) block.count = reader.LenencInt();
  if (block.count < context.parameters) reader.Refuse("fewer parameters than the statement has");
  if (block.count > kMaxParameters || block.count - context.parameters > context.limits.max_attributes) {
    reader.RefuseAsTooLarge("too many query attributes");
  }
  if (reader.ok() && block.count > 0) packet.new_types = ReadParameters(reader, block, packet.parameters);
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  auto first_attribute = packet.parameters.begin() + context.parameters * (packet.parameters.empty() ? 0 : 1);
  packet.attributes.assign(first_attribute, packet.parameters.end());
  packet.parameters.erase(first_attribute, packet.parameters.end());
  return packet;
}

absl::StatusOr<uint32_t> StmtExecute::DecodeId(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kStmtExecute, "COM_STMT_EXECUTE");
  uint32_t id = reader.U32();
  if (!reader.ok()) return reader.status();
  return id;
}

std::string ComInitDb::Encode() const {
  std::string out;
  StartOf(out, Command::kInitDb).Text(schema);
  return out;
}

absl::StatusOr<ComInitDb> ComInitDb::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kInitDb, "COM_INIT_DB");
  ComInitDb packet{AsText(reader.Rest())};
  return Whole(reader, packet);
}

std::string ComFieldList::Encode() const {
  std::string out;
  StartOf(out, Command::kFieldList).NulText(table).Text(wildcard);
  return out;
}

absl::StatusOr<ComFieldList> ComFieldList::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kFieldList, "COM_FIELD_LIST");
  ComFieldList packet;
  packet.table = reader.NulText();
  packet.wildcard = AsText(reader.Rest());
  return Whole(reader, packet);
}

std::string ComStmtPrepare::Encode() const {
  std::string out;
  StartOf(out, Command::kStmtPrepare).Text(sql);
  return out;
}

absl::StatusOr<ComStmtPrepare> ComStmtPrepare::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kStmtPrepare, "COM_STMT_PREPARE");
  ComStmtPrepare packet{AsText(reader.Rest())};
  return Whole(reader, packet);
}

std::string ComStmtSendLongData::Encode() const {
  std::string out;
  StartOf(out, Command::kStmtSendLongData).U32(statement_id).U16(parameter).Text(AsText(data));
  return out;
}

absl::StatusOr<ComStmtSendLongData> ComStmtSendLongData::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kStmtSendLongData, "COM_STMT_SEND_LONG_DATA");
  ComStmtSendLongData packet;
  packet.statement_id = reader.U32();
  packet.parameter = reader.U16();
  packet.data = reader.Rest();
  return Whole(reader, packet);
}

std::string ComStmtId::Encode(Command command) const {
  std::string out;
  StartOf(out, command).U32(statement_id);
  return out;
}

absl::StatusOr<ComStmtId> ComStmtId::Decode(Bytes payload) {
  Reader reader(payload, "COM_STMT_CLOSE or COM_STMT_RESET");
  uint8_t code = reader.U8();
  if (code != static_cast<uint8_t>(Command::kStmtClose) && code != static_cast<uint8_t>(Command::kStmtReset)) {
    reader.Refuse("another command");
  }
  ComStmtId packet{reader.U32()};
  return Whole(reader, packet);
}

std::string ComStmtFetch::Encode() const {
  std::string out;
  StartOf(out, Command::kStmtFetch).U32(statement_id).U32(rows);
  return out;
}

absl::StatusOr<ComStmtFetch> ComStmtFetch::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kStmtFetch, "COM_STMT_FETCH");
  ComStmtFetch packet;
  packet.statement_id = reader.U32();
  packet.rows = reader.U32();
  return Whole(reader, packet);
}

std::string ComSetOption::Encode() const {
  std::string out;
  StartOf(out, Command::kSetOption).U16(option);
  return out;
}

absl::StatusOr<ComSetOption> ComSetOption::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kSetOption, "COM_SET_OPTION");
  ComSetOption packet{reader.U16()};
  return Whole(reader, packet);
}

std::string ComProcessKill::Encode() const {
  std::string out;
  StartOf(out, Command::kProcessKill).U32(connection_id);
  return out;
}

absl::StatusOr<ComProcessKill> ComProcessKill::Decode(Bytes payload) {
  Reader reader = BodyOf(payload, Command::kProcessKill, "COM_PROCESS_KILL");
  ComProcessKill packet{reader.U32()};
  return Whole(reader, packet);
}

std::string EncodeBareCommand(Command command) { return std::string(1, static_cast<char>(command)); }

absl::Status DecodeBareCommand(Bytes payload) {
  Reader reader(payload, "command");
  reader.U8();
  return reader.Finish();
}

}  // namespace postern::mysql
