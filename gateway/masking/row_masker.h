// Rewrites rows under masks, each fed in any pieces. Owns its buffers, which are used again for every row; one thread.
//
// Of a value that is masked whole nothing is held; of one that is taken apart at most kMaxRewrittenBytes. Clear values
// are copied in runs as long as neighbours allow. A row that is not what its definitions say is an error, and nothing
// of what it holds at a masked place has been written.
//
//   text row     for each column: length-encoded string, or FB for NULL
//   binary row   00 | NULL bitmap, the first column at bit 2 | values of the columns that are not NULL
#ifndef POSTERN_GATEWAY_MASKING_ROW_MASKER_H_
#define POSTERN_GATEWAY_MASKING_ROW_MASKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/masking/column_mask.h"
#include "gateway/masking/detectors/text_search.h"
#include "gateway/masking/packet_writer.h"
#include "gateway/masking/row_masks.h"

namespace postern::masking {

// Is told of each value that is shown masked, and so shows something of itself: not of those that are masked whole.
class ValueWitness {
 public:
  virtual ~ValueWitness() = default;
  // The value, or what it became where that tells values apart as well. Not kept.
  virtual void OnMasked(std::string_view value) = 0;
};

class RowMasker {
 public:
  // `writer` and `witness`, which may be null, outlive this.
  RowMasker(std::shared_ptr<const RowMasks> masks, Protocol protocol, PacketWriter& writer, ValueWitness* witness = nullptr);

  void Begin();
  absl::Status Feed(std::string_view piece);
  // REQUIRES: all of the row was fed. Truncated: it has fewer values than the result has columns.
  absl::Status End();

  // What is certain about the rest of an open row: at least so many bytes will be written…
  uint64_t bytes_ahead() const { return phase_ == Phase::kValue && passes_ ? value_left_ : 0; }
  // …or as many as are still to be fed.
  bool only_clear_ahead() const { return phase_ >= Phase::kPrefix && column_ >= masks_->clear_from(); }

  // What detectors found in the rows so far.
  const Findings& findings() const { return search_.findings(); }

 private:
  enum class Phase : uint8_t { kHeader, kBitmap, kPrefix, kValue };

  absl::Status FeedHead(std::string_view& piece);
  void WriteBitmap();
  void SkipNulls();
  bool SkimClear(const char*& at, const char* end);
  absl::Status TakePrefix(const char*& at, const char* end);
  absl::Status ReadLength(std::string_view prefix, Encoding encoding);
  void OpenValue();
  void BeginValue();
  void TakeValue(std::string_view piece, bool last);
  void FinishValue(std::string_view whole);
  void RememberErrorCode(std::string_view raw);
  Encoding EncodingHere() const {
    return protocol_ == Protocol::kText ? Encoding::kLenencOrNull : masks_->steps()[column_].binary;
  }
  bool IsNull(size_t column) const;

  std::shared_ptr<const RowMasks> masks_;
  const Protocol protocol_;
  PacketWriter& writer_;
  ValueWitness* const witness_;
  ValueMasker masker_;
  TextSearch search_;

  Phase phase_ = Phase::kPrefix;
  size_t column_ = 0;
  bool passes_ = false;       // the value under way is passed as it is
  bool is_null_ = false;      // the prefix said NULL
  uint64_t value_bytes_ = 0;  // of the value under way
  uint64_t value_left_ = 0;
  std::array<char, 9> prefix_{};  // the start of a value whose length was cut
  size_t prefix_bytes_ = 0;
  std::string bitmap_;
  std::string held_;  // of a value that is taken apart
  std::string wire_;  // what a masked value became
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_ROW_MASKER_H_
