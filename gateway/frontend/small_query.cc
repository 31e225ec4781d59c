#include "gateway/frontend/small_query.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/mysql/commands.h"
#include "common/mysql/flow/response_walker.h"
#include "common/mysql/message/column.h"
#include "common/mysql/message/command.h"
#include "common/mysql/wire/packet.h"
#include "common/mysql/wire/reader.h"
#include "common/text/utf8.h"

namespace postern::frontend {
namespace {

constexpr uint64_t kMostRows = 256;
constexpr uint64_t kMostBytes = 1u << 20;
constexpr size_t kMostValueBytes = 1024;
constexpr uint8_t kErr = 0xFF;
constexpr uint8_t kEof = 0xFE;
constexpr uint8_t kNull = 0xFB;
constexpr size_t kMostEofBytes = 9;

// The walker's output, piece by piece through the masker.
class Through final : public mysql::ResponseSink {
 public:
  explicit Through(masking::ResultMasker& masker, std::string& out) : masker_(masker), out_(out) {}
  void Pass(mysql::Bytes bytes) override {
    while (status_.ok() && !bytes.empty()) status_ = masker_.Feed(bytes, out_);
  }
  const absl::Status& status() const { return status_; }

 private:
  masking::ResultMasker& masker_;
  std::string& out_;
  absl::Status status_;
};

absl::Status ErrorOf(mysql::Bytes payload) {
  const auto error = mysql::ErrPacket::Decode(payload);
  if (!error.ok()) return error.status();
  return absl::FailedPreconditionError(absl::StrCat("the server says ", error->code, ": ", text::ValidUtf8(error->message)));
}

absl::StatusOr<v1::PreviewRow> RowOf(mysql::Bytes payload, size_t columns) {
  mysql::Reader reader(payload, "a row");
  v1::PreviewRow row;
  for (size_t i = 0; i < columns; ++i) {
    v1::PreviewValue& value = *row.add_values();
    if (reader.Peek() == kNull && reader.remaining() > 0) {
      reader.U8();
      value.set_is_null(true);
    } else {
      const std::string_view bytes = reader.LenencText();
      value.set_value(std::string(bytes.substr(0, kMostValueBytes)));
    }
  }
  if (absl::Status whole = reader.Finish(); !whole.ok()) return whole;
  return row;
}

bool IsEof(mysql::Bytes payload) { return !payload.empty() && static_cast<uint8_t>(payload[0]) == kEof && payload.size() < kMostEofBytes; }

// count, definitions, EOF, rows, EOF; or an OK; or an ERR anywhere.
absl::StatusOr<SmallResult> ReadReply(const std::string& reply) {
  mysql::PacketAssembler packets(kMostBytes * 2);
  packets.Append(mysql::AsBytes(reply));
  SmallResult result;
  result.bytes = reply.size();
  uint64_t columns = 0;
  bool in_rows = false;
  bool first = true;
  for (auto next = packets.Next(); ; next = packets.Next()) {
    if (!next.ok()) return next.status();
    if (!next->has_value()) return result;
    const mysql::Bytes payload = (*next)->payload;
    if (!payload.empty() && static_cast<uint8_t>(payload[0]) == kErr) return ErrorOf(payload);
    if (std::exchange(first, false)) {
      if (!payload.empty() && static_cast<uint8_t>(payload[0]) == 0) return result;
      const auto count = mysql::ColumnCount::Decode(payload);
      if (!count.ok()) return count.status();
      columns = count->columns;
    } else if (IsEof(payload)) {
      in_rows = true;
    } else if (in_rows) {
      auto row = RowOf(payload, columns);
      if (!row.ok()) return row.status();
      result.rows.push_back(*std::move(row));
    } else {
      const auto column = mysql::ColumnDefinition41::Decode(payload);
      if (!column.ok()) return column.status();
      result.columns.push_back(text::ValidUtf8(column->name));
    }
  }
}

}  // namespace

mysql::Capabilities CapabilitiesForSmallQueries() {
  using namespace mysql::capability;
  return kLongPassword | kLongFlag | kProtocol41 | kTransactions | kSecureConnection | kPluginAuth | kLenencClientData;
}

asio::awaitable<absl::StatusOr<SmallResult>> AskSmall(tunnel::Door& door, masking::ResultJudge& judge, std::string sql) {
  const auto upstream = static_cast<mysql::Capabilities>(door.opened().capabilities);
  const mysql::ReplyShape shape = mysql::FindCommand(static_cast<uint8_t>(mysql::Command::kQuery)).reply;
  std::string wire;
  uint8_t next = 0;
  mysql::AppendPacket(wire, mysql::AsBytes(mysql::ComQuery{.attributes = {}, .sql = sql}.Encode(upstream)), next);
  mysql::ResponseWalker walker({.upstream = upstream, .agent = CapabilitiesForSmallQueries()});
  walker.Begin(shape, static_cast<uint8_t>(next - 1), 0, {.rows = kMostRows, .row_bytes = kMostBytes});
  masking::ResultMasker masker({.capabilities = CapabilitiesForSmallQueries()});
  masker.Begin(shape, judge);
  std::string reply;
  absl::Status status = co_await door.Send(std::move(wire));
  while (status.ok() && !walker.done()) {
    auto piece = co_await door.Receive();
    if (!piece.ok()) co_return piece.status();
    Through through(masker, reply);
    status = walker.Feed(piece->bytes, through);
    if (status.ok()) status = through.status();
  }
  if (!status.ok()) co_return status;
  co_return ReadReply(reply);
}

}  // namespace postern::frontend
