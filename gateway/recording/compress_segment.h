// Compresses a sealed segment in its place: whoever reads finds the plain one or the compressed one, whole, whatever happens.
#ifndef POSTERN_GATEWAY_RECORDING_COMPRESS_SEGMENT_H_
#define POSTERN_GATEWAY_RECORDING_COMPRESS_SEGMENT_H_

#include <absl/status/status.h>

#include <cstdint>
#include <filesystem>

#include "gateway/recording/file_system.h"

namespace postern::recording {

// Only what counts of the segment is kept. Read back and compared before the plain file goes. When a compressed file is there
// already, a crash came between the two: then the plain one just goes.
// REQUIRES: the plain segment is there, and so is the one after it; nobody else compresses in this folder.
absl::Status CompressSegment(const std::filesystem::path& folder, uint32_t segment, FileSystem& files);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_COMPRESS_SEGMENT_H_
