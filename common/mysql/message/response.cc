#include "common/mysql/message/response.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr std::string_view kRedirect = "redirect_url";
constexpr size_t kSqlStateBytes = 5;

// One tracking block: { type 1, lenenc data }. A system-variable entry may hold several pairs; each becomes a change.
void ReadChanges(Reader& block, std::vector<SessionChange>& changes) {
  while (block.ok() && block.remaining() > 0) {
    uint8_t type = block.U8();
    Bytes data = block.LenencBytes();
    Reader entry(data, "session tracking");
    if (type == track::kSystemVariable) {
      while (entry.ok() && entry.remaining() > 0) {
        std::string name(entry.LenencText());
        changes.push_back({type, std::move(name), std::string(entry.LenencText())});
      }
    } else if (type == track::kSchema) {
      changes.push_back({type, "", std::string(entry.LenencText())});
      if (entry.remaining() > 0) entry.Refuse("bytes follow the schema");
    } else {
      changes.push_back({type, "", std::string(AsText(data))});
    }
    if (!entry.ok()) block.Refuse("an entry does not fit its length");
  }
}

void WriteChanges(Writer& writer, const std::vector<SessionChange>& changes) {
  std::string block;
  Writer entries(block);
  for (const SessionChange& change : changes) {
    std::string data;
    if (change.type == track::kSystemVariable) {
      Writer(data).LenencText(change.name).LenencText(change.value);
    } else if (change.type == track::kSchema) {
      Writer(data).LenencText(change.value);
    } else {
      data = change.value;
    }
    entries.U8(change.type).LenencText(data);
  }
  writer.LenencText(block);
}

}  // namespace

bool OkPacket::StripChanges(Capabilities agent) {
  if (!(agent & capability::kSessionTrack)) {
    bool had_any = !changes.empty() || (status_flags & server_status::kSessionStateChanged);
    changes.clear();
    status_flags &= static_cast<uint16_t>(~server_status::kSessionStateChanged);
    return had_any;
  }
  auto is_redirect = [](const SessionChange& change) {
    return change.type == track::kSystemVariable &&
           absl::EqualsIgnoreCase({change.name.data(), change.name.size()}, {kRedirect.data(), kRedirect.size()});
  };
  return std::erase_if(changes, is_redirect) > 0;
}

std::string OkPacket::Encode(Capabilities capabilities) const {
  std::string out;
  Writer writer(out);
  writer.U8(ends_rows ? kEofHeader : kOkHeader).LenencInt(affected_rows).LenencInt(last_insert_id);
  bool tracked = (capabilities & capability::kSessionTrack) && !changes.empty();
  uint16_t flag = server_status::kSessionStateChanged;
  writer.U16(static_cast<uint16_t>(tracked ? status_flags | flag : status_flags & ~flag)).U16(warnings);
  if (tracked || !info.empty()) writer.LenencText(info);
  if (tracked) WriteChanges(writer, changes);
  return out;
}

absl::StatusOr<OkPacket> OkPacket::Decode(Bytes payload, Capabilities capabilities) {
  Reader reader(payload, "OK packet");
  OkPacket packet;
  uint8_t header = reader.U8();
  packet.ends_rows = header == kEofHeader;
  if (header != kOkHeader && header != kEofHeader) reader.Refuse("not an OK");
  packet.affected_rows = reader.LenencInt();
  packet.last_insert_id = reader.LenencInt();
  packet.status_flags = reader.U16();
  packet.warnings = reader.U16();
  if (reader.remaining() > 0) packet.info = reader.LenencText();
  bool tracked =
      (capabilities & capability::kSessionTrack) && (packet.status_flags & server_status::kSessionStateChanged);
  if (tracked && reader.remaining() > 0) {
    Reader block(reader.LenencBytes(), "session tracking");
    ReadChanges(block, packet.changes);
    if (!block.ok()) return block.status();
  }
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string ErrPacket::Encode(bool with_sqlstate) const {
  std::string out;
  Writer writer(out);
  writer.U8(kErrHeader).U16(code);
  if (with_sqlstate) writer.Text("#").Text(sqlstate);
  writer.Text(message);
  return out;
}

absl::StatusOr<ErrPacket> ErrPacket::Decode(Bytes payload) {
  Reader reader(payload, "ERR packet");
  ErrPacket packet;
  if (reader.U8() != kErrHeader) reader.Refuse("not an ERR");
  packet.code = reader.U16();
  if (reader.Peek() == '#') {
    reader.Take(1);
    packet.sqlstate = AsText(reader.Take(kSqlStateBytes));
  }
  packet.message = AsText(reader.Rest());
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

std::string EofPacket::Encode() const {
  std::string out;
  Writer(out).U8(kEofHeader).U16(warnings).U16(status_flags);
  return out;
}

absl::StatusOr<EofPacket> EofPacket::Decode(Bytes payload) {
  Reader reader(payload, "EOF packet");
  EofPacket packet;
  if (reader.U8() != kEofHeader) reader.Refuse("not an EOF");
  packet.warnings = reader.U16();
  packet.status_flags = reader.U16();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return packet;
}

}  // namespace postern::mysql
