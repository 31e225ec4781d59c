// How far a stream has come, in a file that is replaced whole. One thread at a time.
#ifndef POSTERN_GATEWAY_STREAM_PROGRESS_H_
#define POSTERN_GATEWAY_STREAM_PROGRESS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "gateway/recording/segment/position.h"

namespace postern::stream {

struct Progress {
  // Everything before it was delivered.
  recording::Cursor cursor;
  // Of the next line.
  uint64_t number = 1;
};

// None when there is no such file. FAILED_PRECONDITION when it holds something else: what was delivered is then unknown.
absl::StatusOr<std::optional<Progress>> LoadProgress(const std::filesystem::path& file);
absl::Status SaveProgress(const std::filesystem::path& file, const Progress& progress);

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_PROGRESS_H_
