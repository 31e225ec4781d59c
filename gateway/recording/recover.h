// What a writer does before its first write: finds where the journal ends and cuts off what a crash left unfinished.
#ifndef POSTERN_GATEWAY_RECORDING_RECOVER_H_
#define POSTERN_GATEWAY_RECORDING_RECOVER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "gateway/recording/file_system.h"
#include "gateway/recording/segment/format.h"

namespace postern::recording {

struct Recovered {
  uint32_t segments = 0;
  // Where to write on. Segment 0 for an empty folder.
  Cursor end;
  uint32_t marker = 0;
  // In the last segment.
  uint64_t records = 0;
  // Of the files of all segments but the last.
  uint64_t sealed_bytes = 0;
  uint64_t cut_bytes = 0;
};

// Checks how the segments join, reads the last one whole, and truncates its torn tail. DATA_LOSS for any other damage.
// REQUIRES: nobody else writes.
absl::StatusOr<Recovered> Recover(const std::filesystem::path& folder, FileSystem& files);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_RECOVER_H_
