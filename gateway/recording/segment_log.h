// Writes batches of records to the journal's segments and survives failing disks. One thread at a time; FileJournal's.
//
// INVARIANT: end() is durable, and nothing a caller was told has failed lies before it.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_LOG_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_LOG_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/recording/checkpoints.h"
#include "gateway/recording/file_system.h"
#include "gateway/recording/segment/position.h"
#include "gateway/recording/recover.h"

namespace postern::recording {

struct SegmentLogOptions {
  std::filesystem::path folder;
  uint64_t segment_bytes = 256ULL << 20;
  uint64_t free_floor_bytes = 64ULL << 20;
};

class SegmentLog {
 public:
  // Goes on where `recovered` ends; makes the first segment of an empty folder.
  static absl::StatusOr<std::unique_ptr<SegmentLog>> Open(SegmentLogOptions options, const Recovered& recovered,
                                                          CheckpointOptions checkpoints, std::unique_ptr<FileSystem> files);

  // All of the payloads durable, in this order, or an error and none of them in the journal. May be called again after
  // an error. REQUIRES: no payload is empty.
  absl::Status Write(absl::Span<const std::string_view> payloads);

  // Signs everything so far, in a record of its own, if there is anything new. A full segment is signed before the next one
  // begins.
  absl::Status WriteCheckpoint();
  const Checkpoints& checkpoints() const { return checkpoints_; }

  const Cursor& end() const { return end_; }

  // What all segments take on the disk. These two are thread-safe.
  uint64_t bytes() const { return bytes_; }
  // Sealed segments were compressed or deleted.
  void AddBytes(int64_t change) { bytes_ += static_cast<uint64_t>(change); }

 private:
  SegmentLog(SegmentLogOptions options, const Recovered& recovered, CheckpointOptions checkpoints,
             std::unique_ptr<FileSystem> files);
  absl::Status CheckSpace(uint64_t bytes);
  absl::Status Append(absl::Span<const std::string_view> payloads);
  absl::Status StartSegment();
  absl::Status WriteHere(std::string_view bytes);

  const SegmentLogOptions options_;
  const std::unique_ptr<FileSystem> files_;
  Cursor end_;
  uint32_t marker_;
  // In this segment.
  uint64_t records_;
  std::atomic<uint64_t> bytes_;
  Checkpoints checkpoints_;
  // None: the next write begins a new segment.
  std::unique_ptr<File> file_;
  std::string buffer_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_LOG_H_
