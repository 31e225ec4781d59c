#include "common/mysql/message/auth.h"

#include "common/mysql/commands.h"
#include "common/mysql/message/attributes.h"
#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr uint8_t kSwitchHeader = 0xFE;
constexpr uint8_t kMoreDataHeader = 0x01;
constexpr uint8_t kIdTokenVersion = 0x01;

}  // namespace

std::string AuthSwitchRequest::Encode() const {
  std::string out;
  Writer(out).U8(kSwitchHeader).NulText(plugin).Text(data);
  return out;
}

absl::StatusOr<AuthSwitchRequest> AuthSwitchRequest::Decode(Bytes payload) {
  Reader reader(payload, "authentication switch");
  uint8_t header = reader.U8();
  if (reader.ok() && header != kSwitchHeader) reader.Refuse("not a switch");
  if (reader.ok() && reader.remaining() == 0) return Unsupported("the server wants pre-4.1 authentication");
  AuthSwitchRequest packet;
  packet.plugin = reader.NulText();
  packet.data = AsText(reader.Rest());
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string AuthMoreData::Encode() const {
  std::string out;
  Writer(out).U8(kMoreDataHeader).Text(data);
  return out;
}

absl::StatusOr<AuthMoreData> AuthMoreData::Decode(Bytes payload) {
  Reader reader(payload, "authentication data");
  uint8_t header = reader.U8();
  if (reader.ok() && header != kMoreDataHeader) reader.Refuse("not authentication data");
  AuthMoreData packet;
  packet.data = AsText(reader.Rest());
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

absl::StatusOr<IdTokenAnswer> IdTokenAnswer::Decode(Bytes payload) {
  Reader reader(payload, "id token");
  if (reader.U8() != kIdTokenVersion) reader.Refuse("not an id token");
  IdTokenAnswer answer{reader.LenencText()};
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return answer;
}

std::string ComChangeUser::Encode(Capabilities capabilities) const {
  std::string out;
  Writer writer(out);
  writer.U8(static_cast<uint8_t>(Command::kChangeUser)).NulText(user);
  writer.U8(static_cast<uint8_t>(auth_response.size())).Text(std::string_view(auth_response).substr(0, 255));
  writer.NulText(database).U16(charset);
  if (capabilities & capability::kPluginAuth) writer.NulText(plugin);
  if (capabilities & capability::kConnectAttrs) AppendAttributes(writer, attributes);
  return out;
}

absl::StatusOr<ComChangeUser> ComChangeUser::Decode(Bytes payload, Capabilities capabilities) {
  Reader reader(payload, "change of user");
  ComChangeUser packet;
  if (reader.U8() != static_cast<uint8_t>(Command::kChangeUser)) reader.Refuse("not a change of user");
  packet.user = reader.NulText();
  packet.auth_response = AsText(reader.Take(reader.U8()));
  packet.database = reader.NulText();
  if (reader.remaining() > 0) packet.charset = reader.U16();
  if ((capabilities & capability::kPluginAuth) && reader.remaining() > 0) packet.plugin = reader.NulText();
  if ((capabilities & capability::kConnectAttrs) && reader.remaining() > 0) ReadAttributes(reader, packet.attributes);
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

}  // namespace postern::mysql
