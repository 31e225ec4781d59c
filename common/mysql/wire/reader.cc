#include "common/mysql/wire/reader.h"

#include <algorithm>
#include <string>

#include "common/mysql/wire/errors.h"

namespace postern::mysql {

uint64_t Reader::Fixed(size_t width) {
  Bytes bytes = Take(width);
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<uint64_t>(bytes[i - 1]);
  return value;
}

uint64_t Reader::LenencInt() {
  uint8_t first = U8();
  if (first < 0xFB) return first;
  if (first == 0xFC) return U16();
  if (first == 0xFD) return U24();
  if (first == 0xFE) return U64();
  Refuse("FB and FF are not lengths");
  return 0;
}

Bytes Reader::LenencBytes(uint64_t max_bytes) {
  uint64_t length = LenencInt();
  if (length > max_bytes) {
    RefuseAsTooLarge("a string is over its limit");
    return {};
  }
  return Take(length);
}

std::string_view Reader::NulText() {
  auto nul = std::find(rest_.begin(), rest_.end(), std::byte{0});
  if (nul == rest_.end()) {
    Fail(Fault::kTruncated, "a string has no end");
    return {};
  }
  std::string_view text = AsText(Take(static_cast<uint64_t>(nul - rest_.begin())));
  Take(1);
  return text;
}

Bytes Reader::Take(uint64_t count) {
  if (count > rest_.size()) {
    Fail(Fault::kTruncated, "the bytes end inside a field");
    return {};
  }
  Bytes taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

void Reader::Fail(Fault fault, const char* why) {
  if (fault_ != Fault::kNone) return;
  fault_ = fault;
  why_ = why;
  rest_ = {};
}

absl::Status Reader::status() const {
  if (fault_ == Fault::kNone) return absl::OkStatus();
  std::string text = std::string(what_) + ": " + why_;
  if (fault_ == Fault::kTruncated) return Truncated(text);
  return fault_ == Fault::kTooLarge ? TooLarge(text) : Malformed(text);
}

absl::Status Reader::Finish() {
  if (ok() && !rest_.empty()) Refuse("bytes are left over");
  return status();
}

}  // namespace postern::mysql
