#include "common/files/append_file.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace postern::files {
namespace {

absl::Status Failed(const std::filesystem::path& file) {
  return absl::ErrnoToStatus(errno, absl::StrCat("append to ", file.string()));
}

// Half a line would look like another one: it is taken back.
absl::Status Append(int fd, std::string_view text, const std::filesystem::path& file) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return Failed(file);
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const absl::Status failed = Failed(file);
      (void)!::ftruncate(fd, facts.st_size);
      return failed;
    }
    text.remove_prefix(static_cast<size_t>(count));
  }
  return ::fdatasync(fd) == 0 ? absl::OkStatus() : Failed(file);
}

}  // namespace

absl::Status AppendWhole(const std::filesystem::path& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(file);
  absl::Status written = Append(fd, text, file);
  ::close(fd);
  return written;
}

}  // namespace postern::files
