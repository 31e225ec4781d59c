#include "gateway/frontend/answer.h"

#include <utility>

#include "common/mysql/message/column.h"
#include "common/mysql/wire/packet.h"
#include "common/mysql/wire/writer.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kUtf8mb4GeneralCi = 45;

std::string EndOfRows(const SessionState& s) {
  if ((s.login.capabilities & mysql::capability::kDeprecateEof) == 0) {
    return mysql::EofPacket{.status_flags = s.status_flags}.Encode();
  }
  mysql::OkPacket ok;
  ok.ends_rows = true;
  ok.status_flags = s.status_flags;
  return ok.Encode(s.login.capabilities);
}

asio::awaitable<void> Send(SessionState& s, std::string out) {
  const absl::Status written = co_await s.channel->Write(out);
  if (!written.ok()) s.End({.reason = "disconnect"});
}

}  // namespace

asio::awaitable<void> AnswerRaw(SessionState& s, uint8_t sequence, std::string payload) {
  std::string out;
  mysql::AppendPacket(out, mysql::AsBytes(payload), sequence);
  co_await Send(s, std::move(out));
}

asio::awaitable<void> AnswerOk(SessionState& s, uint8_t sequence) {
  mysql::OkPacket ok;
  ok.status_flags = s.status_flags;
  co_await AnswerRaw(s, sequence, ok.Encode(s.login.capabilities));
}

asio::awaitable<void> AnswerErr(SessionState& s, uint8_t sequence, mysql::ErrPacket error) {
  co_await AnswerRaw(s, sequence, error.Encode());
}

asio::awaitable<void> AnswerEof(SessionState& s, uint8_t sequence) {
  co_await AnswerRaw(s, sequence, EndOfRows(s));
}

asio::awaitable<void> AnswerText(SessionState& s, uint8_t sequence, std::string column, std::string value) {
  mysql::ColumnDefinition41 definition;
  definition.name = std::move(column);
  definition.charset = kUtf8mb4GeneralCi;
  definition.length = static_cast<uint32_t>(value.size()) * 4;
  definition.type = mysql::FieldType::kVarString;

  std::string row;
  mysql::Writer(row).LenencText(value);

  std::string out;
  mysql::AppendPacket(out, mysql::AsBytes(mysql::ColumnCount{1}.Encode()), sequence);
  mysql::AppendPacket(out, mysql::AsBytes(definition.Encode()), sequence);
  if ((s.login.capabilities & mysql::capability::kDeprecateEof) == 0) {
    mysql::AppendPacket(out, mysql::AsBytes(EndOfRows(s)), sequence);
  }
  mysql::AppendPacket(out, mysql::AsBytes(row), sequence);
  mysql::AppendPacket(out, mysql::AsBytes(EndOfRows(s)), sequence);
  co_await Send(s, std::move(out));
}

}  // namespace postern::frontend
