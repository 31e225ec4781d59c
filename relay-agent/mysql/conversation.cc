#include "relay-agent/mysql/conversation.h"

#include <algorithm>
#include <utility>

#include "common/mysql/flow/secret.h"
#include "common/mysql/wire/reader.h"

namespace postern::relay {
namespace {

constexpr size_t kMaxPayloadBytes = 64 * 1024;
constexpr size_t kReadBytes = 4096;
constexpr uint64_t kMaxColumns = 64;
constexpr char kComQuery = 0x03;

Conversation::Source FromSocket(ServerSocket& socket) {
  return [&socket](size_t wanted) -> asio::awaitable<absl::StatusOr<std::string>> {
    std::string bytes(std::min(wanted, kReadBytes), '\0');
    absl::StatusOr<size_t> size = co_await socket.ReadSome(std::as_writable_bytes(std::span(bytes)));
    if (!size.ok()) co_return size.status();
    bytes.resize(*size);
    co_return bytes;
  };
}

bool StartsWith(const std::string& payload, uint8_t byte) {
  return !payload.empty() && static_cast<uint8_t>(payload[0]) == byte;
}

absl::StatusOr<std::vector<std::optional<std::string>>> DecodeRow(const std::string& payload, uint64_t columns) {
  std::vector<std::optional<std::string>> values;
  mysql::Reader reader(mysql::AsBytes(payload), "row");
  for (uint64_t i = 0; i < columns; ++i) {
    if (reader.Peek() == 0xFB && reader.remaining() > 0) {
      reader.U8();
      values.emplace_back(std::nullopt);
    } else {
      values.emplace_back(std::string(reader.LenencText()));
    }
  }
  if (absl::Status read = reader.Finish(); !read.ok()) return read;
  return values;
}

}  // namespace

Conversation::Conversation(ServerSocket& socket, Source source)
    : socket_(socket), source_(std::move(source)), packets_(kMaxPayloadBytes) {}

Conversation::Conversation(ServerSocket& socket) : Conversation(socket, FromSocket(socket)) {}

asio::awaitable<absl::StatusOr<Conversation::Packet>> Conversation::ReadPacket() {
  for (;;) {
    absl::StatusOr<std::optional<mysql::PacketAssembler::Packet>> packet = packets_.Next();
    if (!packet.ok()) co_return packet.status();
    if (packet->has_value()) {
      co_return Packet{(*packet)->last_sequence, std::string(mysql::AsText((*packet)->payload))};
    }
    absl::StatusOr<std::string> bytes = co_await source_(packets_.bytes_wanted());
    if (!bytes.ok()) co_return bytes.status();
    packets_.Append(mysql::AsBytes(*bytes));
    mysql::WipeString(*bytes);
  }
}

asio::awaitable<absl::Status> Conversation::SendCommand(std::string payload) {
  std::string bytes;
  uint8_t sequence = 0;
  mysql::AppendPacket(bytes, mysql::AsBytes(payload), sequence);
  packets_.ExpectSequence(sequence);
  co_return co_await socket_.Write(mysql::AsBytes(bytes));
}

absl::Status Conversation::ErrorFrom(const std::string& payload) {
  absl::StatusOr<mysql::ErrPacket> error = mysql::ErrPacket::Decode(mysql::AsBytes(payload));
  if (!error.ok()) return error.status();
  error_code_ = error->code;
  return absl::AbortedError("error " + std::to_string(error->code));
}

asio::awaitable<absl::StatusOr<mysql::OkPacket>> Conversation::Command(std::string payload) {
  absl::Status sent = co_await SendCommand(std::move(payload));
  if (!sent.ok()) co_return sent;
  absl::StatusOr<Packet> answer = co_await ReadPacket();
  if (!answer.ok()) co_return answer.status();
  if (StartsWith(answer->payload, mysql::kErrHeader)) co_return ErrorFrom(answer->payload);
  co_return mysql::OkPacket::Decode(mysql::AsBytes(answer->payload), capabilities_);
}

std::string Conversation::QueryPayload(std::string_view sql) const {
  std::string payload(1, kComQuery);
  // No query attributes, in one set of none.
  if ((capabilities_ & mysql::capability::kQueryAttributes) != 0) payload.append("\x00\x01", 2);
  return payload.append(sql);
}

asio::awaitable<absl::StatusOr<mysql::OkPacket>> Conversation::Execute(std::string_view sql) {
  co_return co_await Command(QueryPayload(sql));
}

asio::awaitable<absl::StatusOr<OneRow>> Conversation::QueryRow(std::string_view sql) {
  absl::Status sent = co_await SendCommand(QueryPayload(sql));
  if (!sent.ok()) co_return sent;
  absl::StatusOr<Packet> first = co_await ReadPacket();
  if (!first.ok()) co_return first.status();
  if (StartsWith(first->payload, mysql::kErrHeader)) co_return ErrorFrom(first->payload);
  mysql::Reader count(mysql::AsBytes(first->payload), "column count");
  const uint64_t columns = count.LenencInt();
  if (!count.Finish().ok() || columns == 0 || columns > kMaxColumns) {
    co_return absl::InvalidArgumentError("an answer of another shape than asked for");
  }
  const bool eof_after_columns = (capabilities_ & mysql::capability::kDeprecateEof) == 0;
  for (uint64_t i = 0; i < columns + (eof_after_columns ? 1 : 0); ++i) {
    absl::StatusOr<Packet> definition = co_await ReadPacket();
    if (!definition.ok()) co_return definition.status();
  }
  std::optional<OneRow> row;
  for (;;) {
    absl::StatusOr<Packet> packet = co_await ReadPacket();
    if (!packet.ok()) co_return packet.status();
    if (StartsWith(packet->payload, mysql::kErrHeader)) co_return ErrorFrom(packet->payload);
    if (StartsWith(packet->payload, mysql::kEofHeader)) {
      if (!row) co_return absl::InvalidArgumentError("an answer without a row");
      if (eof_after_columns) {
        absl::StatusOr<mysql::EofPacket> eof = mysql::EofPacket::Decode(mysql::AsBytes(packet->payload));
        if (!eof.ok()) co_return eof.status();
        row->status_flags = eof->status_flags;
      } else {
        absl::StatusOr<mysql::OkPacket> ok = mysql::OkPacket::Decode(mysql::AsBytes(packet->payload), capabilities_);
        if (!ok.ok()) co_return ok.status();
        row->status_flags = ok->status_flags;
      }
      co_return *std::move(row);
    }
    if (row) co_return absl::InvalidArgumentError("an answer of more than one row");
    auto values = DecodeRow(packet->payload, columns);
    if (!values.ok()) co_return values.status();
    row.emplace().values = *std::move(values);
  }
}

}  // namespace postern::relay
