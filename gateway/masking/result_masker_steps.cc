// The packets between the rows.
#include <utility>

#include "common/mysql/wire/errors.h"
#include "gateway/masking/error_text.h"
#include "gateway/masking/result_masker.h"

namespace postern::masking {
namespace {

using mysql::AsBytes;
using mysql::ReplyShape;

constexpr size_t kEofMaxBytes = 9;  // an FE packet under this is an EOF

uint8_t FirstByte(std::string_view payload) { return static_cast<uint8_t>(payload[0]); }

}  // namespace

// One packet for the agent, unless it was told already that there is nothing more.
void ResultMasker::Tell(std::string_view payload) {
  if (!withheld_ && !cut_) writer_.Packet(payload);
}

absl::Status ResultMasker::OnControl(std::string_view payload) {
  if (FirstByte(payload) == mysql::kErrHeader) return OnErr(payload);
  switch (state_) {
    case State::kFirst:
      return OnFirst(payload);
    case State::kColumns:
    case State::kParameters:
    case State::kPreparedColumns:
      return OnColumn(payload);
    case State::kColumnsEof:
    case State::kParametersEof:
    case State::kPreparedColumnsEof:
      return OnDefinitionsEof(payload);
    case State::kRows:
      return OnEnd(payload);
    case State::kFieldList:
      if (FirstByte(payload) == mysql::kEofHeader) return OnEnd(payload);
      Tell(payload);
      return absl::OkStatus();
    case State::kStatistics:
      Tell(payload);
      state_ = State::kDone;
      return absl::OkStatus();
    case State::kDone:
    case State::kFailed:
      break;
  }
  return mysql::Malformed("the server sent a packet nobody asked for");
}

absl::Status ResultMasker::OnFirst(std::string_view payload) {
  const uint8_t first = FirstByte(payload);
  const bool has_results = shape_ == ReplyShape::kQuery || shape_ == ReplyShape::kExecute;
  if (first == mysql::kOkHeader) return shape_ == ReplyShape::kPrepare ? OnPrepareOk(payload) : OnOk(payload);
  if (first == mysql::kEofHeader && shape_ == ReplyShape::kSimple) return OnEnd(payload);
  if (!has_results || first == mysql::kEofHeader) {
    return mysql::Malformed("the server's reply has another shape than its command's");
  }
  if (first == mysql::kLocalInfileHeader)
    return absl::PermissionDeniedError("the server asks the client for a local file");
  auto count = mysql::ColumnCount::Decode(AsBytes(payload));
  if (!count.ok()) return count.status();
  if (count->columns > options_.max_columns) return mysql::TooLarge("the result has too many columns");
  columns_left_ = count->columns;
  state_ = State::kColumns;
  definitions_.Clear();
  return definitions_.HoldPacket(payload);
}

absl::Status ResultMasker::OnColumn(std::string_view payload) {
  const bool is_parameter = state_ == State::kParameters;
  absl::Status held = is_parameter ? definitions_.HoldPacket(payload) : definitions_.HoldColumn(payload);
  if (!held.ok() || --columns_left_ > 0) return held;
  if (!DeprecatesEof()) {
    state_ = state_ == State::kColumns ? State::kColumnsEof
             : is_parameter            ? State::kParametersEof
                                       : State::kPreparedColumnsEof;
    return absl::OkStatus();
  }
  if (is_parameter) return NextPreparedBlock();
  if (absl::Status status = Decide(); !status.ok()) return status;
  state_ = state_ == State::kColumns ? State::kRows : State::kDone;
  return absl::OkStatus();
}

absl::Status ResultMasker::OnDefinitionsEof(std::string_view payload) {
  auto eof = mysql::EofPacket::Decode(AsBytes(payload));
  if (!eof.ok()) return eof.status();
  if (state_ == State::kParametersEof) {
    if (absl::Status status = definitions_.HoldPacket(payload); !status.ok()) return status;
    return NextPreparedBlock();
  }
  if (absl::Status status = Decide(); !status.ok()) return status;
  Tell(payload);
  const bool prepared = state_ == State::kPreparedColumnsEof;
  state_ = prepared ? State::kDone : State::kRows;
  const bool opens_cursor =
      shape_ == ReplyShape::kExecute && (eof->status_flags & mysql::server_status::kCursorExists) != 0;
  if (opens_cursor) EndResult(eof->status_flags);
  return absl::OkStatus();
}

absl::Status ResultMasker::OnPrepareOk(std::string_view payload) {
  auto prepared = mysql::PrepareOk::Decode(AsBytes(payload));
  if (!prepared.ok()) return prepared.status();
  if (prepared->columns > options_.max_columns) return mysql::TooLarge("the statement has too many columns");
  definitions_.Clear();
  if (absl::Status status = definitions_.HoldPacket(payload); !status.ok()) return status;
  columns_left_ = prepared->parameters;
  prepared_columns_ = prepared->columns;
  state_ = State::kParameters;
  return columns_left_ == 0 ? NextPreparedBlock() : absl::OkStatus();
}

// After a prepared statement's parameters come its columns; each block only if it has any.
absl::Status ResultMasker::NextPreparedBlock() {
  columns_left_ = std::exchange(prepared_columns_, 0);
  state_ = columns_left_ > 0 ? State::kPreparedColumns : State::kDone;
  if (state_ == State::kDone) definitions_.Release(nullptr, writer_);
  return absl::OkStatus();
}

// All definitions are there: the result goes on under masks, or not at all.
absl::Status ResultMasker::Decide() {
  const size_t result = result_++;
  if (withheld_ || cut_) {
    definitions_.Clear();
    return absl::OkStatus();
  }
  Verdict verdict = judge_->OnColumns(definitions_.columns(), result);
  if (verdict.masks == nullptr) {
    definitions_.Clear();
    UseMasks(nullptr);
    Tell(verdict.in_place.Encode());
    withheld_ = std::move(verdict.in_place);
    rows_ = Rows::kSwallowed;
    return absl::OkStatus();
  }
  if (verdict.masks->columns().size() != definitions_.columns().size()) {
    return absl::InternalError("the masks are those of another result");
  }
  UseMasks(std::move(verdict.masks));
  definitions_.Release(masks_.get(), writer_);
  return absl::OkStatus();
}

// FE: an EOF of five bytes, or an OK in its place.
absl::Status ResultMasker::OnEnd(std::string_view payload) {
  const bool is_end = FirstByte(payload) == mysql::kEofHeader && (DeprecatesEof() || payload.size() < kEofMaxBytes);
  if (!is_end) return mysql::Malformed("the server sent neither a row nor the end of rows");
  if (DeprecatesEof()) return OnOk(payload);
  auto eof = mysql::EofPacket::Decode(AsBytes(payload));
  if (!eof.ok()) return eof.status();
  Tell(payload);
  EndResult(eof->status_flags);
  return absl::OkStatus();
}

absl::Status ResultMasker::OnOk(std::string_view payload) {
  auto ok = mysql::OkPacket::Decode(AsBytes(payload), options_.capabilities);
  if (!ok.ok()) return ok.status();
  if (HoldsCountsOnly(ok->info)) {
    Tell(payload);
  } else {
    ok->info.clear();
    Tell(ok->Encode(options_.capabilities));
  }
  EndResult(ok->status_flags);
  return absl::OkStatus();
}

absl::Status ResultMasker::OnErr(std::string_view payload) {
  auto error = mysql::ErrPacket::Decode(AsBytes(payload));
  if (!error.ok()) return error.status();
  definitions_.Clear();
  Tell(ErrorForAgent(*error).Encode());
  state_ = State::kDone;
  return absl::OkStatus();
}

void ResultMasker::EndResult(uint16_t status_flags) {
  const bool has_results = shape_ == ReplyShape::kQuery || shape_ == ReplyShape::kExecute;
  state_ = has_results && (status_flags & mysql::server_status::kMoreResults) != 0 ? State::kFirst : State::kDone;
}

}  // namespace postern::masking
