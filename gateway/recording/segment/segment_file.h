// One segment of the journal, open for reading. One thread at a time.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_FILE_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_FILE_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/recording/segment/format.h"
#include "gateway/recording/segment/segment_bytes.h"

namespace postern::recording {

class SegmentFile {
 public:
  struct Frame {
    FrameHeader header;
    // Valid until the next call.
    std::string_view payload;
    // Where the next frame begins.
    uint64_t end = 0;
  };

  // The segment of that number in a folder, plain or compressed. NOT_FOUND when there is neither.
  static absl::StatusOr<SegmentFile> Find(const std::filesystem::path& folder, uint32_t segment);
  // One file, compressed if its name says so. NOT_FOUND when there is no such file.
  static absl::StatusOr<SegmentFile> Open(const std::filesystem::path& path);
  // For bytes that are no file.
  static absl::StatusOr<SegmentFile> Over(std::unique_ptr<SegmentBytes> bytes, std::string name);

  const std::string& name() const { return name_; }
  const SegmentHeader& header() const { return header_; }
  // Of the plain segment.
  absl::StatusOr<uint64_t> Size() const { return bytes_->Size(); }

  // The frame at `offset`, its CRC checked, its chain not. DATA_LOSS when there is none that is whole before `end`.
  absl::StatusOr<Frame> ReadFrame(uint64_t offset, uint64_t end);

  // Whether a sound frame after `offset` was written when the bytes there were already durable: then damage at `offset`
  // is no unfinished write. The marker is random, so no text inside a record can make this true.
  absl::StatusOr<bool> WasDurable(uint64_t offset);

  // "00000001.pjl is damaged at offset 64: why".
  absl::Status DamagedAt(uint64_t offset, std::string_view why) const;

 private:
  SegmentFile(std::unique_ptr<SegmentBytes> bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}
  // Up to `size` bytes at `offset`; fewer only at the end of the file.
  absl::StatusOr<std::string_view> Fetch(uint64_t offset, size_t size);

  std::unique_ptr<SegmentBytes> bytes_;
  std::string name_;
  SegmentHeader header_;
  // What of the file stands in memory, so that small frames do not cost a call each.
  std::string window_;
  uint64_t window_at_ = 0;
};

// The numbers of the segments in a folder, plain or compressed, ascending.
absl::StatusOr<std::vector<uint32_t>> ListSegments(const std::filesystem::path& folder);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_SEGMENT_FILE_H_
