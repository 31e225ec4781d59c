#include "common/mysql/flow/text_reply.h"

#include <utility>

#include "common/mysql/message/column.h"
#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/packet.h"
#include "common/mysql/wire/reader.h"

namespace postern::mysql {
namespace {

constexpr uint8_t kNull = 0xFB;

}  // namespace

absl::Status TextReply::OnPacket(Bytes payload) {
  if (payload.empty()) return Malformed("an empty packet in a reply");
  const auto first = static_cast<uint8_t>(payload[0]);
  if (first == kErrHeader) return OnErr(payload);
  switch (state_) {
    case State::kFirst:
      return OnFirst(payload);
    case State::kColumns: {
      auto column = ColumnDefinition41::Decode(payload);
      if (!column.ok()) return column.status();
      if (--columns_left_ == 0) state_ = State::kRows;
      return absl::OkStatus();
    }
    case State::kRows:
      // A row may begin with FE as well, if its first value is longer than any that is taken here.
      return first == kEofHeader && payload.size() < kMaxPhysicalPayload ? OnEnd(payload) : OnRow(payload);
    case State::kDone:
      break;
  }
  return Malformed("a packet after the end of a reply");
}

absl::Status TextReply::OnFirst(Bytes payload) {
  const auto first = static_cast<uint8_t>(payload[0]);
  if (first == kOkHeader) return OnEnd(payload);
  if (first == kLocalInfileHeader) return Unsupported("the server asks for a file");
  auto count = ColumnCount::Decode(payload);
  if (!count.ok()) return count.status();
  if (count->columns == 0) return Malformed("a result without columns");
  if (count->columns > limits_.columns) return TooLarge("a result of too many columns");
  columns_ = columns_left_ = count->columns;
  state_ = State::kColumns;
  return absl::OkStatus();
}

absl::Status TextReply::OnRow(Bytes payload) {
  bytes_ += payload.size();
  if (rows_.size() >= limits_.rows || bytes_ > limits_.bytes) return TooLarge("a result of too many rows");
  Reader reader(payload, "row");
  Row row;
  for (uint64_t i = 0; i < columns_ && reader.ok(); ++i) {
    if (reader.remaining() > 0 && reader.Peek() == kNull) {
      reader.U8();
      row.emplace_back(std::nullopt);
    } else {
      row.emplace_back(std::string(reader.LenencText()));
    }
  }
  if (absl::Status whole = reader.Finish(); !whole.ok()) return whole;
  rows_.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status TextReply::OnEnd(Bytes payload) {
  auto ok = OkPacket::Decode(payload, capabilities_);
  if (!ok.ok()) return ok.status();
  if ((ok->status_flags & server_status::kMoreResults) != 0) return Unsupported("a second result");
  affected_rows_ = ok->affected_rows;
  state_ = State::kDone;
  return absl::OkStatus();
}

absl::Status TextReply::OnErr(Bytes payload) {
  if (done()) return Malformed("a packet after the end of a reply");
  auto error = ErrPacket::Decode(payload);
  if (!error.ok()) return error.status();
  error_ = *std::move(error);
  state_ = State::kDone;
  return absl::OkStatus();
}

}  // namespace postern::mysql
