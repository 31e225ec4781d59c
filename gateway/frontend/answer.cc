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

}  // namespace

asio::awaitable<absl::Status> AnswerRaw(SessionState& s, uint8_t sequence, std::string payload) {
  std::string out;
  mysql::AppendPacket(out, mysql::AsBytes(payload), sequence);
  co_return co_await s.channel->Write(out);
}

asio::awaitable<absl::Status> AnswerOk(SessionState& s, uint8_t sequence) {
  mysql::OkPacket ok;
  ok.status_flags = s.status_flags;
  co_return co_await AnswerRaw(s, sequence, ok.Encode(s.login.capabilities));
}

asio::awaitable<absl::Status> AnswerErr(SessionState& s, uint8_t sequence, mysql::ErrPacket error) {
  co_return co_await AnswerRaw(s, sequence, error.Encode());
}

asio::awaitable<absl::Status> AnswerEof(SessionState& s, uint8_t sequence) {
  co_return co_await AnswerRaw(s, sequence, EndOfRows(s));
}

asio::awaitable<absl::Status> AnswerText(SessionState& s, uint8_t sequence, std::string column, std::string value) {
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
  co_return co_await s.channel->Write(out);
}

}  // namespace postern::frontend
