// A fuzz input as the bytes of a segment's file.
#ifndef POSTERN_TESTS_FUZZ_MEMORY_BYTES_H_
#define POSTERN_TESTS_FUZZ_MEMORY_BYTES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "gateway/recording/segment/segment_bytes.h"

namespace postern::recording {

class MemoryBytes final : public SegmentBytes {
 public:
  explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  absl::StatusOr<uint64_t> Size() const override { return bytes_.size(); }
  absl::Status Read(uint64_t offset, size_t size, std::string& into) override {
    into = offset < bytes_.size() ? bytes_.substr(offset, size) : std::string();
    return absl::OkStatus();
  }

 private:
  const std::string bytes_;
};

}  // namespace postern::recording

#endif  // POSTERN_TESTS_FUZZ_MEMORY_BYTES_H_
