#include "common/files/folder_lock.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace postern::files {

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(const std::filesystem::path& folder) {
  const auto path = folder / "lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path.string()));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return std::unique_ptr<FolderLock>(new FolderLock(fd));
  const int error = errno;
  ::close(fd);
  if (error != EWOULDBLOCK) return absl::ErrnoToStatus(error, absl::StrCat("lock ", path.string()));
  return absl::FailedPreconditionError(absl::StrCat(folder.string(), " is in use by another process"));
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace postern::files
