#include "common/mysql/flow/response_walker.h"

#include <algorithm>
#include <utility>

#include "common/mysql/wire/errors.h"

namespace postern::mysql {
namespace {

constexpr uint32_t kEofMaxBytes = 9;  // an FE packet under this is an EOF
constexpr uint8_t kBinaryRowHeader = 0x00;

uint8_t FirstByte(Bytes payload) { return payload.empty() ? 0 : static_cast<uint8_t>(payload[0]); }

}  // namespace

// The stretch of the chunk that can be passed as it is, grown packet by packet and handed over as late as possible.
class ResponseWalker::Run {
 public:
  Run(Bytes chunk, ResponseSink& sink) : next_(chunk.data()), begin_(chunk.data()), sink_(sink) {}

  // `bytes` is what follows in the chunk, and is for the agent.
  void Keep(Bytes bytes) { next_ += bytes.size(); }
  // `bytes` is what follows in the chunk, and something else goes to the agent in its place.
  void Replace(Bytes bytes, std::string_view with) {
    Flush();
    if (!with.empty()) sink_.Pass(AsBytes(with));
    next_ += bytes.size();
    begin_ = next_;
  }
  void Flush() {
    if (next_ != begin_) sink_.Pass({begin_, static_cast<size_t>(next_ - begin_)});
    begin_ = next_;
  }

 private:
  const std::byte* next_;
  const std::byte* begin_;
  ResponseSink& sink_;
};

void ResponseWalker::Begin(ReplyShape shape, uint8_t upstream_sequence, uint8_t agent_sequence, ReplyLimits limits) {
  shape_ = shape;
  limits_ = limits;
  most_rows_ = limits.rows;
  most_row_bytes_ = limits.row_bytes;
  summary_ = ReplySummary{};
  sequence_ = static_cast<uint8_t>(upstream_sequence + 1);
  offset_ = static_cast<uint8_t>(agent_sequence - upstream_sequence);
  held_.clear();
  body_left_ = 0;
  continued_ = false;
  if (state_ != State::kFailed) state_ = FirstState();
}

ResponseWalker::State ResponseWalker::FirstState() const {
  switch (shape_) {
    case ReplyShape::kNone:
      return State::kDone;
    case ReplyShape::kStatistics:
      return State::kStatistics;
    case ReplyShape::kFetch:
      return State::kRows;
    case ReplyShape::kFieldList:
      return State::kFieldList;
    case ReplyShape::kSimple:
    case ReplyShape::kQuery:
    case ReplyShape::kPrepare:
    case ReplyShape::kExecute:
      return State::kFirst;
  }
  return State::kDone;
}

absl::Status ResponseWalker::Feed(Bytes chunk, ResponseSink& sink) {
  if (state_ == State::kFailed) return error_;
  summary_.bytes += chunk.size();
  Run run(chunk, sink);
  absl::Status status = absl::OkStatus();
  while (status.ok() && !chunk.empty()) {
    if (body_left_ > 0) {
      SkipBody(chunk, run);
    } else if (state_ == State::kDone) {
      status = Malformed("the server goes on after the end of its reply");
    } else {
      SkimRows(chunk, run);
      if (!chunk.empty()) status = TakePacket(chunk, run, sink);
    }
  }
  run.Flush();
  if (!status.ok()) {
    state_ = State::kFailed;
    error_ = status;
  }
  return status;
}

// The rest of a row, unread.
void ResponseWalker::SkipBody(Bytes& chunk, Run& run) {
  size_t count = std::min<size_t>(body_left_, chunk.size());
  if (summary_.cut) {
    run.Replace(chunk.first(count), "");
  } else {
    run.Keep(chunk.first(count));
  }
  chunk = chunk.subspan(count);
  body_left_ -= static_cast<uint32_t>(count);
}

// The usual case at speed: short rows, whole in the chunk, nothing to change. Anything else is left to TakePacket.
void ResponseWalker::SkimRows(Bytes& chunk, Run& run) {
  if (state_ != State::kRows || continued_ || offset_ != 0 || !held_.empty() || summary_.cut) return;
  while (chunk.size() > kHeaderBytes) {
    PacketHeader header = DecodeHeader(chunk);
    size_t whole = kHeaderBytes + header.payload_bytes;
    bool plain = header.sequence == sequence_ && header.payload_bytes > 0 &&
                 header.payload_bytes < kMaxPhysicalPayload && chunk.size() >= whole &&
                 IsRow(header, static_cast<uint8_t>(chunk[kHeaderBytes])) && FitsRow(header);
    if (!plain) return;
    ++sequence_;
    ++summary_.rows;
    summary_.row_bytes += whole;
    run.Keep(chunk.first(whole));
    chunk = chunk.subspan(whole);
  }
}

// A packet from its header on. What the last chunk had of it lies in held_.
absl::Status ResponseWalker::TakePacket(Bytes& chunk, Run& run, ResponseSink& sink) {
  if (held_.empty() && chunk.size() >= BytesToJudge(chunk)) {
    Bytes packet = chunk.first(BytesToJudge(chunk));
    chunk = chunk.subspan(packet.size());
    auto changed = Judge(packet, sink);
    if (!changed.ok()) return changed.status();
    if (changed->has_value()) {
      run.Replace(packet, **changed);
    } else {
      run.Keep(packet);
    }
    return absl::OkStatus();
  }
  return HoldPacket(chunk, run, sink);
}

// Collects a packet that chunks cut apart, as far as it takes to judge it.
absl::Status ResponseWalker::HoldPacket(Bytes& chunk, Run& run, ResponseSink& sink) {
  size_t wanted = BytesToJudge(AsBytes(held_));
  if (absl::Status status = CheckSize(wanted); !status.ok()) return status;
  Bytes more = chunk.first(std::min(wanted - held_.size(), chunk.size()));
  chunk = chunk.subspan(more.size());
  held_.append(AsText(more));
  run.Replace(more, "");
  if (held_.size() < BytesToJudge(AsBytes(held_))) return absl::OkStatus();

  std::string packet = std::exchange(held_, "");
  auto changed = Judge(AsBytes(packet), sink);
  if (!changed.ok()) return changed.status();
  run.Replace({}, changed->value_or(packet));
  return absl::OkStatus();
}

// How much of a packet must be seen before it can be judged: its header; a row's first byte; all of a control packet.
size_t ResponseWalker::BytesToJudge(Bytes packet) const {
  if (packet.size() < kHeaderBytes) return kHeaderBytes;
  PacketHeader header = DecodeHeader(packet);
  if (continued_) return kHeaderBytes;
  if (state_ == State::kRows && header.payload_bytes > 0) {
    if (packet.size() == kHeaderBytes) return kHeaderBytes + 1;
    if (IsRow(header, static_cast<uint8_t>(packet[kHeaderBytes]))) return kHeaderBytes + 1;
  }
  return kHeaderBytes + header.payload_bytes;
}

bool ResponseWalker::IsRow(PacketHeader header, uint8_t first) const {
  if (shape_ == ReplyShape::kExecute || shape_ == ReplyShape::kFetch) return first == kBinaryRowHeader;
  // FE starts a text row only where its first value needs eight bytes of length, and then the packet is full.
  return first != kErrHeader && (first != kEofHeader || header.payload_bytes == kMaxPhysicalPayload);
}

absl::Status ResponseWalker::CheckSize(size_t packet_bytes) const {
  if (packet_bytes <= kHeaderBytes + options_.max_control_packet_bytes) return absl::OkStatus();
  return TooLarge("a packet of the server's reply is over its limit");
}

// Judges a packet by the bytes BytesToJudge asked for. What goes to the agent in their place, if anything.
absl::StatusOr<std::optional<std::string>> ResponseWalker::Judge(Bytes packet, ResponseSink& sink) {
  PacketHeader header = DecodeHeader(packet);
  Bytes seen = packet.subspan(kHeaderBytes);
  if (header.sequence != sequence_) return Malformed("the server's packets are out of order");
  std::optional<std::string> changed;
  bool starts_row = !continued_ && state_ == State::kRows && !seen.empty() && IsRow(header, FirstByte(seen));
  if (starts_row && !summary_.cut && !FitsRow(header)) summary_.cut = sink.OnCut();
  if (!summary_.cut && (starts_row || continued_)) {
    summary_.rows += starts_row ? 1 : 0;
    summary_.row_bytes += kHeaderBytes + header.payload_bytes;
  }
  if (starts_row || continued_) {
    body_left_ = header.payload_bytes - static_cast<uint32_t>(seen.size());
    continued_ = header.payload_bytes == kMaxPhysicalPayload;
  } else {
    if (absl::Status status = CheckSize(packet.size()); !status.ok()) return status;
    if (header.payload_bytes == kMaxPhysicalPayload) return TooLarge("a control packet spans several packets");
    if (seen.empty()) return Malformed("the server sent an empty packet");
    auto payload = OnControl(seen, sink);
    if (!payload.ok()) return payload.status();
    changed = *std::move(payload);
  }
  ++sequence_;  // only now: in place of a packet that was not passed we may send one of our own
  if (summary_.cut) return InPlaceOf(header);
  if (!changed && offset_ == 0) return std::nullopt;
  std::string out;
  uint32_t length = changed ? static_cast<uint32_t>(changed->size()) : header.payload_bytes;
  AppendHeader(out, {length, static_cast<uint8_t>(header.sequence + offset_)});
  out.append(changed ? std::string_view(*changed) : AsText(seen));
  return out;
}

bool ResponseWalker::FitsRow(PacketHeader header) const {
  return summary_.rows < most_rows_ && summary_.row_bytes + kHeaderBytes + header.payload_bytes <= most_row_bytes_;
}

void ResponseWalker::LimitRest(uint64_t rows, uint64_t row_bytes) {
  // What is unlimited stays so.
  most_rows_ = rows > limits_.rows - std::min(limits_.rows, summary_.rows) ? limits_.rows : summary_.rows + rows;
  most_row_bytes_ = row_bytes > limits_.row_bytes - std::min(limits_.row_bytes, summary_.row_bytes)
                        ? limits_.row_bytes
                        : summary_.row_bytes + row_bytes;
}

// Of a reply that is cut nothing more is passed until its end, which tells so.
std::string ResponseWalker::InPlaceOf(PacketHeader header) {
  std::string out;
  if (state_ == State::kDone) {
    const std::string payload = summary_.cut->Encode();
    AppendHeader(out, {static_cast<uint32_t>(payload.size()), static_cast<uint8_t>(header.sequence + offset_)});
    out += payload;
  } else {
    --offset_;
  }
  return out;
}

ResponseWalker::Changed ResponseWalker::OnControl(Bytes payload, ResponseSink& sink) {
  bool is_error = FirstByte(payload) == kErrHeader;
  if (is_error) return OnErr(payload, sink);
  switch (state_) {
    case State::kFirst:
      return OnFirst(payload, sink);
    case State::kColumns:
    case State::kParameters:
    case State::kPreparedColumns:
      return OnColumn(payload, sink);
    case State::kColumnsEof:
    case State::kParametersEof:
    case State::kPreparedColumnsEof:
      return OnDefinitionsEof(payload, sink);
    case State::kRows:
      return OnRowsEnd(payload, sink);
    case State::kFieldList:
      return OnFieldList(payload, sink);
    case State::kStatistics:
      state_ = State::kDone;
      return std::nullopt;
    case State::kDone:
    case State::kFailed:
      break;
  }
  return Malformed("the server sent a packet nobody asked for");
}

ResponseWalker::Changed ResponseWalker::OnFirst(Bytes payload, ResponseSink& sink) {
  uint8_t first = FirstByte(payload);
  bool has_results = shape_ == ReplyShape::kQuery || shape_ == ReplyShape::kExecute;
  if (first == kOkHeader) return shape_ == ReplyShape::kPrepare ? OnPrepareOk(payload, sink) : OnOk(payload, sink);
  if (first == kEofHeader && shape_ == ReplyShape::kSimple) return OnEnd(payload, sink);
  if (!has_results || first == kEofHeader) return Malformed("the server's reply has another shape than its command's");
  if (first == kLocalInfileHeader) return absl::PermissionDeniedError("the server asks the client for a local file");
  auto count = ColumnCount::Decode(payload);
  if (!count.ok()) return count.status();
  if (count->columns > options_.max_columns) return TooLarge("the result has too many columns");
  sink.OnColumnCount(count->columns);
  ++summary_.result_sets;
  columns_left_ = count->columns;
  state_ = State::kColumns;
  return std::nullopt;
}

ResponseWalker::Changed ResponseWalker::OnColumn(Bytes payload, ResponseSink& sink) {
  auto column = ColumnDefinition41::Decode(payload);
  if (!column.ok()) return column.status();
  sink.OnColumn(*column);
  if (--columns_left_ > 0) return std::nullopt;
  if (!DeprecatesEof()) {
    state_ = state_ == State::kColumns      ? State::kColumnsEof
             : state_ == State::kParameters ? State::kParametersEof
                                            : State::kPreparedColumnsEof;
  } else if (state_ == State::kColumns) {
    state_ = State::kRows;
  } else {
    NextPreparedBlock();
  }
  return std::nullopt;
}

ResponseWalker::Changed ResponseWalker::OnDefinitionsEof(Bytes payload, ResponseSink& sink) {
  auto eof = EofPacket::Decode(payload);
  if (!eof.ok()) return eof.status();
  sink.OnEof(*eof);
  if (state_ != State::kColumnsEof) {
    NextPreparedBlock();
    return std::nullopt;
  }
  state_ = State::kRows;
  bool opens_cursor = shape_ == ReplyShape::kExecute && (eof->status_flags & server_status::kCursorExists);
  if (opens_cursor) EndResult(eof->status_flags, eof->warnings);
  return std::nullopt;
}

ResponseWalker::Changed ResponseWalker::OnPrepareOk(Bytes payload, ResponseSink& sink) {
  auto prepared = PrepareOk::Decode(payload);
  if (!prepared.ok()) return prepared.status();
  if (prepared->columns > options_.max_columns) return TooLarge("the statement has too many columns");
  sink.OnPrepareOk(*prepared);
  summary_.prepared = *prepared;
  summary_.warnings = prepared->warnings;
  columns_left_ = prepared->parameters;
  prepared_columns_ = prepared->columns;
  state_ = State::kParameters;
  if (columns_left_ == 0) NextPreparedBlock();
  return std::nullopt;
}

// After a prepared statement's parameters come its columns, after its columns nothing; each block only if it has any.
void ResponseWalker::NextPreparedBlock() {
  columns_left_ = std::exchange(prepared_columns_, 0);
  state_ = columns_left_ > 0 ? State::kPreparedColumns : State::kDone;
}

ResponseWalker::Changed ResponseWalker::OnRowsEnd(Bytes payload, ResponseSink& sink) {
  bool is_end = FirstByte(payload) == kEofHeader && (DeprecatesEof() || payload.size() < kEofMaxBytes);
  if (!is_end) return Malformed("the server sent neither a row nor the end of rows");
  return OnEnd(payload, sink);
}

ResponseWalker::Changed ResponseWalker::OnFieldList(Bytes payload, ResponseSink& sink) {
  if (FirstByte(payload) == kEofHeader) return OnEnd(payload, sink);
  auto column = ColumnDefinition41::Decode(payload, true);
  if (!column.ok()) return column.status();
  if (++columns_left_ > options_.max_columns) return TooLarge("the table has too many columns");
  sink.OnColumn(*column);
  return std::nullopt;
}

// FE: an EOF of five bytes, or an OK in its place.
ResponseWalker::Changed ResponseWalker::OnEnd(Bytes payload, ResponseSink& sink) {
  if (DeprecatesEof()) return OnOk(payload, sink);
  auto eof = EofPacket::Decode(payload);
  if (!eof.ok()) return eof.status();
  sink.OnEof(*eof);
  EndResult(eof->status_flags, eof->warnings);
  return std::nullopt;
}

ResponseWalker::Changed ResponseWalker::OnOk(Bytes payload, ResponseSink& sink) {
  auto ok = OkPacket::Decode(payload, options_.upstream);
  if (!ok.ok()) return ok.status();
  sink.OnOk(*ok);
  if (absl::Status status = NoteChanges(*ok); !status.ok()) return status;
  if (!ok->ends_rows) {
    summary_.affected_rows += ok->affected_rows;
    summary_.last_insert_id = ok->last_insert_id;
  }
  EndResult(ok->status_flags, ok->warnings);
  if (summary_.affected_rows > limits_.affected_rows && !summary_.cut) summary_.cut = sink.OnCut();
  if (!ok->StripChanges(options_.agent)) return std::nullopt;
  return ok->Encode(options_.agent);
}

ResponseWalker::Changed ResponseWalker::OnErr(Bytes payload, ResponseSink& sink) {
  auto error = ErrPacket::Decode(payload);
  if (!error.ok()) return error.status();
  std::optional<ErrPacket> told = sink.OnErr(*error);
  state_ = State::kDone;
  summary_.error = told ? *std::move(told) : *std::move(error);
  return told ? Changed(summary_.error->Encode()) : std::nullopt;
}

void ResponseWalker::EndResult(uint16_t status_flags, uint16_t warnings) {
  summary_.status_flags = status_flags;
  summary_.warnings = warnings;
  summary_.last_row_sent = shape_ == ReplyShape::kFetch && (status_flags & server_status::kLastRowSent);
  bool after_definitions = state_ == State::kRows && shape_ == ReplyShape::kExecute;
  summary_.cursor_open = after_definitions && (status_flags & server_status::kCursorExists);
  bool has_results = shape_ == ReplyShape::kQuery || shape_ == ReplyShape::kExecute;
  state_ = has_results && (status_flags & server_status::kMoreResults) ? State::kFirst : State::kDone;
}

absl::Status ResponseWalker::NoteChanges(const OkPacket& ok) {
  for (const SessionChange& change : ok.changes) {
    if (change.type != track::kSystemVariable && change.type != track::kSchema) continue;
    auto known = std::find_if(summary_.changes.begin(), summary_.changes.end(), [&](const SessionChange& earlier) {
      return earlier.type == change.type && earlier.name == change.name;
    });
    if (known != summary_.changes.end()) {
      known->value = change.value;
    } else if (summary_.changes.size() < options_.max_changes) {
      summary_.changes.push_back(change);
    } else {
      return TooLarge("the server reports too many session changes");
    }
  }
  return absl::OkStatus();
}

}  // namespace postern::mysql
