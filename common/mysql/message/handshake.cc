#include "common/mysql/message/handshake.h"

#include <algorithm>

#include "common/mysql/message/attributes.h"
#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr size_t kFirstScramblePart = 8;
constexpr size_t kSslRequestBytes = 32;

std::string EncodeStart(Capabilities capabilities, uint32_t max_packet_bytes, uint8_t charset) {
  std::string out;
  Writer(out).U32(capabilities).U32(max_packet_bytes).U8(charset).Zeros(23);
  return out;
}

// The part that SslRequest and HandshakeResponse41 share. The filler is not checked: MariaDB's drivers use its end.
template <typename Packet>
Packet ReadStart(Reader& reader) {
  Packet packet;
  packet.capabilities = reader.U32();
  packet.max_packet_bytes = reader.U32();
  packet.charset = reader.U8();
  reader.Take(23);
  return packet;
}

std::string_view ReadAuthResponse(Reader& reader, Capabilities in_force) {
  if (in_force & capability::kLenencClientData) return reader.LenencText();
  if (in_force & capability::kSecureConnection) return AsText(reader.Take(reader.U8()));
  return reader.NulText();
}

}  // namespace

std::string HandshakeV10::Encode() const {
  std::string out;
  Writer writer(out);
  writer.U8(10).NulText(server_version).U32(connection_id);
  writer.Text(std::string_view(scramble).substr(0, kFirstScramblePart)).U8(0);
  writer.U16(static_cast<uint16_t>(capabilities)).U8(charset).U16(status_flags);
  writer.U16(static_cast<uint16_t>(capabilities >> 16)).U8(kScrambleBytes + 1).Zeros(10);
  writer.NulText(std::string_view(scramble).substr(kFirstScramblePart)).NulText(plugin);
  return out;
}

absl::StatusOr<HandshakeV10> HandshakeV10::Decode(Bytes payload) {
  Reader reader(payload, "greeting");
  HandshakeV10 packet;
  uint8_t protocol = reader.U8();
  if (reader.ok() && protocol != 10) return Unsupported("greeting: protocol is not 10");
  packet.server_version = reader.NulText();
  packet.connection_id = reader.U32();
  packet.scramble = AsText(reader.Take(kFirstScramblePart));
  reader.Take(1);
  packet.capabilities = reader.U16();
  packet.charset = reader.U8();
  packet.status_flags = reader.U16();
  packet.capabilities |= static_cast<Capabilities>(reader.U16()) << 16;
  uint8_t auth_data_bytes = reader.U8();
  reader.Take(10);
  if (reader.ok() && !(packet.capabilities & capability::kPluginAuth)) {
    return Unsupported("greeting: the server has no authentication plug-ins");
  }
  if (reader.ok() && auth_data_bytes < kScrambleBytes) return Malformed("greeting: the scramble is short");
  std::string_view rest = AsText(reader.Take(auth_data_bytes - std::min<size_t>(auth_data_bytes, kFirstScramblePart)));
  packet.scramble += rest.substr(0, kScrambleBytes - kFirstScramblePart);
  packet.plugin = reader.NulText();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string SslRequest::Encode() const { return EncodeStart(capabilities, max_packet_bytes, charset); }

absl::StatusOr<SslRequest> SslRequest::Decode(Bytes payload) {
  static_assert(kSslRequestBytes == 4 + 4 + 1 + 23);
  Reader reader(payload, "SSL request");
  auto packet = ReadStart<SslRequest>(reader);
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string HandshakeResponse41::Encode() const {
  std::string out = EncodeStart(capabilities, max_packet_bytes, charset);
  Writer writer(out);
  writer.NulText(user);
  if (capabilities & capability::kLenencClientData) {
    writer.LenencText(auth_response);
  } else if (capabilities & capability::kSecureConnection) {
    writer.U8(static_cast<uint8_t>(auth_response.size())).Text(std::string_view(auth_response).substr(0, 255));
  } else {
    writer.NulText(auth_response);
  }
  if (capabilities & capability::kConnectWithDb) writer.NulText(database.value_or(""));
  if (capabilities & capability::kPluginAuth) writer.NulText(plugin);
  if (capabilities & capability::kConnectAttrs) AppendAttributes(writer, attributes);
  return out;
}

absl::StatusOr<HandshakeResponse41> HandshakeResponse41::Decode(Bytes payload, Capabilities offered) {
  Reader reader(payload, "handshake response");
  auto packet = ReadStart<HandshakeResponse41>(reader);
  Capabilities in_force = packet.capabilities & offered;
  packet.user = reader.NulText();
  packet.auth_response = ReadAuthResponse(reader, in_force);
  if (in_force & capability::kConnectWithDb) packet.database = reader.NulText();
  // Servers take a missing plug-in name for an empty one, and so some clients leave it out.
  if ((in_force & capability::kPluginAuth) && reader.remaining() > 0) packet.plugin = reader.NulText();
  if (in_force & capability::kConnectAttrs) ReadAttributes(reader, packet.attributes);
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

}  // namespace postern::mysql
