// Text added to the end of a file.
#ifndef POSTERN_COMMON_FILES_APPEND_FILE_H_
#define POSTERN_COMMON_FILES_APPEND_FILE_H_

#include <absl/status/status.h>

#include <filesystem>
#include <string_view>

namespace postern::files {

// All of it or nothing, on the disk when this returns. The file is made, mode 0600, when it is missing, and opened anew each time,
// so that it may be moved away in between. One writer at a time.
absl::Status AppendWhole(const std::filesystem::path& file, std::string_view text);

}  // namespace postern::files

#endif  // POSTERN_COMMON_FILES_APPEND_FILE_H_
