// The bytes of one segment, wherever they come from: the file as it was written, or one compressed after it was sealed. One
// thread at a time.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_BYTES_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_BYTES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace postern::recording {

class SegmentBytes {
 public:
  virtual ~SegmentBytes() = default;
  virtual absl::StatusOr<uint64_t> Size() const = 0;
  // Up to `size` bytes at `offset`; fewer only at the end.
  virtual absl::Status Read(uint64_t offset, size_t size, std::string& into) = 0;
};

// NOT_FOUND when there is no such file. Any bytes do.
absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenPlain(const std::filesystem::path& path);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_BYTES_H_
