#include "gateway/masking/row_masker.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"
#include "gateway/masking/value_text.h"

namespace postern::masking {
namespace {

constexpr uint8_t kNullInText = 0xFB;
constexpr uint8_t kTwoByteLength = 0xFC;
constexpr uint8_t kThreeByteLength = 0xFD;
constexpr uint8_t kEightByteLength = 0xFE;
constexpr uint8_t kMaxTemporalBytes = 12;

// How many bytes before a value say how long it is, going by the first of them.
size_t PrefixBytes(Encoding encoding, uint8_t first) {
  if (encoding == Encoding::kNone || FixedBytes(encoding) != 0) return 0;
  if (encoding == Encoding::kTemporal) return 1;
  if (first == kTwoByteLength) return 3;
  if (first == kThreeByteLength) return 4;
  return first == kEightByteLength ? 9 : 1;
}

// All of a value with the length before it, where the first byte says so; 0 where it does not, or cannot.
size_t ShortBinaryBytes(Encoding encoding, uint8_t first) {
  if (encoding == Encoding::kTemporal) return first <= kMaxTemporalBytes ? size_t{1} + first : 0;
  if (encoding == Encoding::kLenenc) return first < kNullInText ? size_t{1} + first : 0;
  return FixedBytes(encoding);
}

bool PassesAsItIs(Action action) { return action == Action::kClear || action == Action::kErrorCode; }

}  // namespace

RowMasker::RowMasker(std::shared_ptr<const RowMasks> masks, Protocol protocol, PacketWriter& writer)
    : masks_(std::move(masks)),
      protocol_(protocol),
      writer_(writer),
      masker_(masks_->key()),
      search_(masks_->detector()) {}

void RowMasker::Begin() {
  phase_ = protocol_ == Protocol::kBinary ? Phase::kHeader : Phase::kPrefix;
  column_ = 0;
  prefix_bytes_ = 0;
  bitmap_.clear();
  held_.clear();
}

absl::Status RowMasker::Feed(std::string_view piece) {
  if (absl::Status status = FeedHead(piece); !status.ok()) return status;
  const char* at = piece.data();
  const char* const end = at + piece.size();
  const char* run = at;  // [run, at) is for the agent as it is
  while (at < end) {
    if (phase_ == Phase::kPrefix) {
      if (!SkimClear(at, end)) continue;
      if (column_ == masks_->columns().size())
        return mysql::Malformed("a row has more values than the result has columns");
      passes_ = PassesAsItIs(masks_->steps()[column_].action);
      if (!passes_) writer_.Append({run, static_cast<size_t>(at - run)});
      if (absl::Status status = TakePrefix(at, end); !status.ok()) return status;
      if (!passes_) run = at;
      if (phase_ == Phase::kPrefix) continue;  // NULL, or the length is cut
    }
    const auto bytes = static_cast<size_t>(std::min<uint64_t>(value_left_, static_cast<uint64_t>(end - at)));
    value_left_ -= bytes;
    TakeValue({at, bytes}, value_left_ == 0);
    at += bytes;
    if (!passes_) run = at;
  }
  writer_.Append({run, static_cast<size_t>(at - run)});
  return absl::OkStatus();
}

absl::Status RowMasker::End() {
  const bool whole = phase_ == Phase::kPrefix && prefix_bytes_ == 0 && column_ == masks_->columns().size();
  return whole ? absl::OkStatus() : mysql::Truncated("a row has fewer values than the result has columns");
}

// The header and the bitmap of a binary row.
absl::Status RowMasker::FeedHead(std::string_view& piece) {
  if (phase_ == Phase::kHeader && !piece.empty()) {
    if (piece[0] != 0) return mysql::Malformed("a binary row begins with another byte than 00");
    piece.remove_prefix(1);
    phase_ = Phase::kBitmap;
  }
  if (phase_ != Phase::kBitmap) return absl::OkStatus();
  const size_t wanted = masks_->null_bitmap().size();
  const size_t more = std::min(wanted - bitmap_.size(), piece.size());
  bitmap_.append(piece.substr(0, more));
  piece.remove_prefix(more);
  if (bitmap_.size() == wanted) WriteBitmap();
  return absl::OkStatus();
}

void RowMasker::WriteBitmap() {
  wire_.assign(1, '\0');
  for (size_t i = 0; i < bitmap_.size(); ++i) {
    wire_ += static_cast<char>(bitmap_[i] | masks_->null_bitmap()[i]);
  }
  writer_.Append(wire_);
  phase_ = Phase::kPrefix;
  SkipNulls();
}

bool RowMasker::IsNull(size_t column) const {
  const size_t bit = column + kBitmapOffset;
  return (static_cast<uint8_t>(bitmap_[bit / 8]) >> bit % 8 & 1) != 0;
}

// To the next column that has a value in a binary row.
void RowMasker::SkipNulls() {
  if (protocol_ == Protocol::kText) return;
  while (column_ < masks_->columns().size() && IsNull(column_)) ++column_;
}

// The usual case at speed: clear values that are short and whole. False once the piece is used up.
bool RowMasker::SkimClear(const char*& at, const char* end) {
  if (prefix_bytes_ != 0) return at < end;
  const auto& steps = masks_->steps();
  const bool text = protocol_ == Protocol::kText;
  while (at < end && column_ < steps.size() && steps[column_].action == Action::kClear) {
    const auto first = static_cast<uint8_t>(*at);
    const size_t bytes = text ? (first < kNullInText    ? size_t{1} + first
                                 : first == kNullInText ? 1
                                                        : 0)
                              : ShortBinaryBytes(steps[column_].binary, first);
    if (bytes == 0 || static_cast<size_t>(end - at) < bytes) break;
    at += bytes;
    ++column_;
    SkipNulls();
  }
  return at < end;
}

// The length before a value. Afterwards: kValue, or still kPrefix if the value is NULL or the piece ends within the
// length.
absl::Status RowMasker::TakePrefix(const char*& at, const char* end) {
  const Encoding encoding = EncodingHere();
  if (encoding == Encoding::kNone) return mysql::Malformed("a value has come for a column that has none");
  const bool is_short = prefix_bytes_ == 0 && encoding <= Encoding::kLenenc && static_cast<uint8_t>(*at) < kNullInText;
  if (is_short) {
    value_left_ = static_cast<uint8_t>(*at++);
    OpenValue();
    return absl::OkStatus();
  }
  const size_t wanted = PrefixBytes(encoding, static_cast<uint8_t>(prefix_bytes_ > 0 ? prefix_[0] : *at));
  while (prefix_bytes_ < wanted && at < end) prefix_[prefix_bytes_++] = *at++;
  if (prefix_bytes_ < wanted) return absl::OkStatus();
  const size_t bytes = std::exchange(prefix_bytes_, 0);
  if (absl::Status status = ReadLength({prefix_.data(), bytes}, encoding); !status.ok()) return status;
  if (is_null_) {
    if (!passes_) writer_.Append({prefix_.data(), 1});
    ++column_;
    return absl::OkStatus();
  }
  OpenValue();
  return absl::OkStatus();
}

void RowMasker::OpenValue() {
  phase_ = Phase::kValue;
  value_bytes_ = value_left_;
  BeginValue();
  if (value_left_ == 0) TakeValue({}, true);
}

absl::Status RowMasker::ReadLength(std::string_view prefix, Encoding encoding) {
  const auto first = static_cast<uint8_t>(prefix.empty() ? 0 : prefix[0]);
  is_null_ = encoding == Encoding::kLenencOrNull && first == kNullInText;
  if (encoding == Encoding::kTemporal) {
    value_left_ = first;
    return first <= kMaxTemporalBytes ? absl::OkStatus() : mysql::Malformed("a date or time is longer than any can be");
  }
  value_left_ = FixedBytes(encoding);
  if (is_null_ || value_left_ != 0) return absl::OkStatus();
  mysql::Reader reader(mysql::AsBytes(prefix), "row value");
  value_left_ = reader.LenencInt();
  return reader.status();
}

// What can be written before any of the value is seen.
void RowMasker::BeginValue() {
  wire_.clear();
  held_.clear();
  const ColumnMask& mask = masks_->columns()[column_];
  switch (mask.action) {
    case Action::kNull:
      if (protocol_ == Protocol::kText) writer_.Append(mask.text_stand_in);
      break;
    case Action::kConstant:
      writer_.Append(protocol_ == Protocol::kText ? mask.text_stand_in : mask.binary_stand_in);
      break;
    case Action::kHash:
      masker_.BeginHash();
      break;
    case Action::kSearch:
      mysql::Writer(wire_).LenencInt(value_bytes_);
      writer_.Append(wire_);
      break;
    case Action::kClear:
    case Action::kErrorCode:
    case Action::kHashText:
    case Action::kRewrite:
    case Action::kErrorText:
      break;
  }
}

void RowMasker::TakeValue(std::string_view piece, bool last) {
  switch (masks_->steps()[column_].action) {
    case Action::kClear:
    case Action::kNull:
    case Action::kConstant:
      break;
    case Action::kHash:
      masker_.AddToHash(piece);
      break;
    case Action::kSearch:
      wire_.clear();
      search_.Search(piece, last, wire_);
      writer_.Append(wire_);
      break;
    case Action::kErrorCode:
    case Action::kHashText:
    case Action::kRewrite:
    case Action::kErrorText:
      if (last && held_.empty()) {
        FinishValue(piece);
      } else if (held_.size() <= kMaxRewrittenBytes) {
        held_.append(piece.substr(0, kMaxRewrittenBytes + 1 - held_.size()));  // one more says that it is too long
      }
      break;
  }
  if (!last) return;
  if (masks_->steps()[column_].action == Action::kHash || !held_.empty()) FinishValue(held_);
  phase_ = Phase::kPrefix;
  ++column_;
  SkipNulls();
}

void RowMasker::FinishValue(std::string_view whole) {
  const ColumnMask& mask = masks_->columns()[column_];
  if (mask.action == Action::kErrorCode) return RememberErrorCode(whole);
  wire_.clear();
  if (mask.action == Action::kHash) {
    masker_.FinishHash(mask, wire_);
  } else {
    masker_.Mask(mask, protocol_, whole, wire_);
  }
  writer_.Append(wire_);
  held_.clear();
}

void RowMasker::RememberErrorCode(std::string_view raw) {
  std::string text(raw);
  const ColumnMask& mask = masks_->columns()[column_];
  if (protocol_ == Protocol::kBinary && !BinaryToText(mask.from, raw, text)) text.clear();
  uint32_t code = 0;  // of no error: its text is replaced
  std::from_chars(text.data(), text.data() + text.size(), code);
  masker_.set_error_code(code);
  held_.clear();
}

}  // namespace postern::masking
