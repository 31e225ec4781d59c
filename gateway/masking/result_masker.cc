#include "gateway/masking/result_masker.h"

#include <algorithm>
#include <utility>

#include "common/mysql/wire/errors.h"

namespace postern::masking {
namespace {

using mysql::Bytes;
using mysql::kHeaderBytes;
using mysql::kMaxPhysicalPayload;
using mysql::PacketHeader;
using mysql::ReplyShape;

constexpr uint8_t kBinaryRowHeader = 0x00;

}  // namespace

ResultMasker::ResultMasker(const Options& options)
    : options_(options), writer_(options.max_held_row_bytes), definitions_(options.max_definitions_bytes) {}

void ResultMasker::Begin(ReplyShape shape, ResultJudge& judge, uint8_t sequence, uint8_t agent_sequence,
                         std::shared_ptr<const RowMasks> cursor) {
  if (state_ == State::kFailed) return;
  shape_ = shape;
  judge_ = &judge;
  writer_.Begin(agent_sequence);
  sequence_ = sequence;
  result_ = 0;
  withheld_.reset();
  cut_.reset();
  row_.reset();
  findings_ = {};
  definitions_.Clear();
  held_.clear();
  body_left_ = 0;
  row_open_ = continued_ = false;
  at_boundary_ = true;
  if ((options_.capabilities & mysql::capability::kOptionalMetadata) != 0) {
    state_ = State::kFailed;
    error_ = mysql::Unsupported("without their definitions results cannot be masked");
    return;
  }
  switch (shape) {
    case ReplyShape::kNone:
      state_ = State::kDone;
      break;
    case ReplyShape::kStatistics:
      state_ = State::kStatistics;
      break;
    case ReplyShape::kFieldList:
      state_ = State::kFieldList;
      break;
    case ReplyShape::kFetch:
      state_ = State::kRows;
      break;
    case ReplyShape::kSimple:
    case ReplyShape::kQuery:
    case ReplyShape::kPrepare:
    case ReplyShape::kExecute:
      state_ = State::kFirst;
      break;
  }
  UseMasks(std::move(cursor));
}

Protocol ResultMasker::RowProtocol() const {
  return shape_ == ReplyShape::kExecute || shape_ == ReplyShape::kFetch ? Protocol::kBinary : Protocol::kText;
}

void ResultMasker::UseMasks(std::shared_ptr<const RowMasks> masks) {
  if (row_) findings_.Add(row_->findings());
  row_.reset();
  masks_ = std::move(masks);
  rows_ = Rows::kPassed;
  if (masks_ == nullptr || masks_->clear_from() == 0) return;
  rows_ = Rows::kMasked;
  row_.emplace(masks_, RowProtocol(), writer_, judge_->witness());
}

Findings ResultMasker::findings() const {
  Findings all = findings_;
  if (row_) all.Add(row_->findings());
  return all;
}

absl::Status ResultMasker::Feed(Bytes& piece, std::string& out) {
  if (state_ == State::kFailed) return error_;
  writer_.BeginPiece(out);
  absl::Status status = Walk(piece, out);
  if (status.ok()) {
    Forecast();
    status = writer_.EndPiece();
  }
  if (status.ok()) return status;
  const bool taken_back = writer_.AbandonRow();
  at_boundary_ = taken_back && !(rows_ == Rows::kPassed && row_open_);
  state_ = State::kFailed;
  error_ = status;
  return status;
}

absl::Status ResultMasker::Walk(Bytes& piece, std::string& out) {
  const size_t limit = out.size() + options_.output_bytes;
  while (!piece.empty() && out.size() < limit) {
    if (body_left_ > 0) {
      const Bytes body = piece.first(std::min<size_t>(body_left_, piece.size()));
      piece = piece.subspan(body.size());
      body_left_ -= static_cast<uint32_t>(body.size());
      if (absl::Status status = FeedRow(mysql::AsText(body)); !status.ok()) return status;
      continue;
    }
    if (state_ == State::kDone) return mysql::Malformed("the server goes on after the end of its reply");
    if (absl::Status status = TakeRows(piece, out, limit); !status.ok()) return status;
    if (piece.empty() || out.size() >= limit) break;
    if (absl::Status status = TakePacket(piece); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Tells the writer what is certain of an open row, so that it need not hold the row back.
void ResultMasker::Forecast() {
  if (!row_open_ || rows_ != Rows::kMasked) return;
  if (row_->only_clear_ahead() && !continued_) {
    writer_.ExpectExactly(body_left_);
  } else {
    writer_.ExpectAtLeast(row_->bytes_ahead());
  }
}

// The usual case at speed: rows that lie in the piece from end to end. Anything else is left to TakePacket.
absl::Status ResultMasker::TakeRows(Bytes& piece, const std::string& out, size_t limit) {
  if (state_ != State::kRows || row_open_ || !held_.empty()) return absl::OkStatus();
  if (shape_ == ReplyShape::kFetch && masks_ == nullptr) return absl::OkStatus();
  const Bytes all = piece;
  size_t run = 0;  // rows at the front of `all` that pass as they are
  size_t count = 0;
  while (piece.size() > kHeaderBytes && out.size() < limit) {
    const PacketHeader header = mysql::DecodeHeader(piece);
    const size_t whole = kHeaderBytes + header.payload_bytes;
    const bool plain = header.sequence == sequence_ && header.payload_bytes > 0 &&
                       header.payload_bytes < kMaxPhysicalPayload && piece.size() >= whole &&
                       IsRow(header, static_cast<uint8_t>(piece[kHeaderBytes]));
    if (!plain) break;
    const bool renumbered =
        rows_ == Rows::kPassed && static_cast<uint8_t>(writer_.next_sequence() + count) != header.sequence;
    if (renumbered) break;
    const std::string_view payload = mysql::AsText(piece.subspan(kHeaderBytes, header.payload_bytes));
    ++sequence_;
    piece = piece.subspan(whole);
    if (rows_ == Rows::kPassed) {
      run += whole;
      ++count;
    } else if (rows_ == Rows::kMasked) {
      writer_.BeginRow();
      row_->Begin();
      absl::Status status = row_->Feed(payload);
      if (status.ok()) status = EndMaskedRow();
      if (!status.ok()) return status;
    }
  }
  if (run > 0) writer_.PassWhole(mysql::AsText(all.first(run)), count);
  return absl::OkStatus();
}

// A packet from its header on. What the last piece had of it lies in held_.
absl::Status ResultMasker::TakePacket(Bytes& piece) {
  if (held_.empty() && piece.size() >= BytesToJudge(piece)) {
    const Bytes packet = piece.first(BytesToJudge(piece));
    piece = piece.subspan(packet.size());
    return Judge(packet);
  }
  const size_t wanted = BytesToJudge(mysql::AsBytes(held_));
  if (wanted > kHeaderBytes + options_.max_control_packet_bytes)
    return mysql::TooLarge("a packet of the reply is over its limit");
  const Bytes more = piece.first(std::min(wanted - held_.size(), piece.size()));
  piece = piece.subspan(more.size());
  held_.append(mysql::AsText(more));
  if (held_.size() < BytesToJudge(mysql::AsBytes(held_))) return absl::OkStatus();
  const std::string packet = std::exchange(held_, "");
  return Judge(mysql::AsBytes(packet));
}

// How much of a packet must be seen before it can be judged: its header; a row's first byte; all of a control packet.
size_t ResultMasker::BytesToJudge(Bytes packet) const {
  if (packet.size() < kHeaderBytes || continued_) return kHeaderBytes;
  const PacketHeader header = mysql::DecodeHeader(packet);
  if (state_ == State::kRows && header.payload_bytes > 0) {
    if (packet.size() == kHeaderBytes) return kHeaderBytes + 1;
    if (IsRow(header, static_cast<uint8_t>(packet[kHeaderBytes]))) return kHeaderBytes + 1;
  }
  return kHeaderBytes + header.payload_bytes;
}

bool ResultMasker::IsRow(PacketHeader header, uint8_t first) const {
  if (RowProtocol() == Protocol::kBinary) return first == kBinaryRowHeader;
  // FE starts a text row only where its first value needs eight bytes of length, and then the packet is full.
  return first != mysql::kErrHeader && (first != mysql::kEofHeader || header.payload_bytes == kMaxPhysicalPayload);
}

absl::Status ResultMasker::Judge(Bytes packet) {
  const PacketHeader header = mysql::DecodeHeader(packet);
  const std::string_view seen = mysql::AsText(packet.subspan(kHeaderBytes));
  if (header.sequence != sequence_) return mysql::Malformed("the server's packets are out of order");
  ++sequence_;
  if (continued_) return BeginRowPacket(header, seen);
  if (seen.empty()) return mysql::Malformed("the server sent an empty packet");
  if (state_ == State::kRows && IsRow(header, static_cast<uint8_t>(seen[0]))) {
    if (shape_ == ReplyShape::kFetch && masks_ == nullptr)
      return absl::InternalError("a cursor's rows come without masks");
    row_open_ = true;
    if (rows_ == Rows::kMasked) {
      writer_.BeginRow();
      row_->Begin();
    }
    return BeginRowPacket(header, seen);
  }
  if (seen.size() > options_.max_control_packet_bytes)
    return mysql::TooLarge("a packet of the reply is over its limit");
  return OnControl(seen);
}

absl::Status ResultMasker::BeginRowPacket(PacketHeader header, std::string_view seen) {
  body_left_ = header.payload_bytes - static_cast<uint32_t>(seen.size());
  continued_ = header.payload_bytes == kMaxPhysicalPayload;
  if (rows_ == Rows::kPassed) writer_.PassHeader(header.payload_bytes);
  return FeedRow(seen);
}

// More of the open row, and its end if no more is to come.
absl::Status ResultMasker::FeedRow(std::string_view bytes) {
  if (rows_ == Rows::kPassed) writer_.Pass(bytes);
  if (rows_ == Rows::kMasked) {
    if (absl::Status status = row_->Feed(bytes); !status.ok()) return status;
  }
  if (body_left_ > 0 || continued_) return absl::OkStatus();
  row_open_ = false;
  if (rows_ != Rows::kMasked) return absl::OkStatus();
  return EndMaskedRow();
}

absl::Status ResultMasker::EndMaskedRow() {
  if (absl::Status status = row_->End(); !status.ok()) return status;
  if (absl::Status status = writer_.EndRow(); !status.ok()) return status;
  std::optional<mysql::ErrPacket> in_place_of_rest = judge_->AfterRow();
  if (!in_place_of_rest) return absl::OkStatus();
  Tell(in_place_of_rest->Encode());
  cut_ = std::move(in_place_of_rest);
  rows_ = Rows::kSwallowed;
  return absl::OkStatus();
}

}  // namespace postern::masking
