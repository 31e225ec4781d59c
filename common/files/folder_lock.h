// Holds a folder for one process: an flock on its file "lock". Released when this goes, or when the process dies.
#ifndef POSTERN_COMMON_FILES_FOLDER_LOCK_H_
#define POSTERN_COMMON_FILES_FOLDER_LOCK_H_

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>

namespace postern::files {

class FolderLock {
 public:
  // FAILED_PRECONDITION when somebody else holds it.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace postern::files

#endif  // POSTERN_COMMON_FILES_FOLDER_LOCK_H_
