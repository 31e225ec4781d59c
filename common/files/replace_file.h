// A file's contents replaced as a whole: whoever reads it, now or after a power failure, finds the old text or the new one.
#ifndef POSTERN_COMMON_FILES_REPLACE_FILE_H_
#define POSTERN_COMMON_FILES_REPLACE_FILE_H_

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace postern::files {

// The new text, written and synced beside the file and not yet in its place; taken away again if it never gets there.
class Replacement {
 public:
  // Follows symbolic links, so that a link stays one. The mode is that of the old file, 0600 if there is none.
  static absl::StatusOr<Replacement> Prepare(const std::filesystem::path& file, std::string_view text);
  ~Replacement();
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;

  absl::Status Commit();

 private:
  Replacement(std::filesystem::path file, std::string beside) : file_(std::move(file)), beside_(std::move(beside)) {}

  std::filesystem::path file_;
  std::string beside_;  // empty: committed, or moved away
};

}  // namespace postern::files

#endif  // POSTERN_COMMON_FILES_REPLACE_FILE_H_
