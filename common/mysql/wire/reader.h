// Reads MySQL integers and strings from bytes it does not own. An error sticks: after the first one every read gives
// zero or nothing, so a decoder reads its fields in wire order and asks once, at the end, with Finish().
//
//   lenenc integer   < FB        the value
//                    FC xx xx    two bytes;  FD xx xx xx three;  FE x*8 eight
//                    FB, FF      refused: NULL in text rows and never a length
#ifndef POSTERN_COMMON_MYSQL_WIRE_READER_H_
#define POSTERN_COMMON_MYSQL_WIRE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

class Reader {
 public:
  // `what` names the packet in error messages; it must outlive the reader (a literal).
  Reader(Bytes bytes, const char* what) : rest_(bytes), what_(what) {}

  uint8_t U8() { return static_cast<uint8_t>(Fixed(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Fixed(2)); }
  uint32_t U24() { return static_cast<uint32_t>(Fixed(3)); }
  uint32_t U32() { return static_cast<uint32_t>(Fixed(4)); }
  uint64_t U64() { return Fixed(8); }

  uint64_t LenencInt();
  // A length, then that many bytes; a length over `max_bytes` is "too large" even if the bytes are there.
  Bytes LenencBytes(uint64_t max_bytes = UINT64_MAX);
  std::string_view LenencText(uint64_t max_bytes = UINT64_MAX) { return AsText(LenencBytes(max_bytes)); }
  // Up to the next NUL, which is consumed and not returned. No NUL: truncated.
  std::string_view NulText();
  Bytes Take(uint64_t count);
  Bytes Rest() { return Take(rest_.size()); }

  // The next byte without consuming it; 0 at the end.
  uint8_t Peek() const { return rest_.empty() ? 0 : static_cast<uint8_t>(rest_[0]); }
  size_t remaining() const { return rest_.size(); }
  bool ok() const { return fault_ == Fault::kNone; }

  // Marks the packet as malformed for a reason only the decoder can see. The first fault wins.
  void Refuse(const char* why) { Fail(Fault::kMalformed, why); }
  void RefuseAsTooLarge(const char* why) { Fail(Fault::kTooLarge, why); }

  // The first fault, if any.
  [[nodiscard]] absl::Status status() const;
  // The first fault, or "malformed" if bytes are left over.
  [[nodiscard]] absl::Status Finish();

 private:
  enum class Fault { kNone, kTruncated, kMalformed, kTooLarge };

  uint64_t Fixed(size_t width);
  void Fail(Fault fault, const char* why);

  Bytes rest_;
  const char* what_;
  const char* why_ = "";
  Fault fault_ = Fault::kNone;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_WIRE_READER_H_
