#include "common/files/replace_file.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace postern::files {
namespace {

absl::Status Failed(const std::filesystem::path& file) {
  return absl::FailedPreconditionError(absl::StrCat(file.string(), " cannot be written: ", std::strerror(errno)));
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
  return ::fsync(fd) == 0;
}

mode_t ModeOf(const std::filesystem::path& file) {
  struct stat old {};
  return ::stat(file.c_str(), &old) == 0 ? old.st_mode & 07777 : 0600;
}

}  // namespace

absl::StatusOr<Replacement> Replacement::Prepare(const std::filesystem::path& file, std::string_view text) {
  std::error_code ignored;
  std::filesystem::path real = std::filesystem::weakly_canonical(file, ignored);
  if (real.empty()) real = file;
  std::string beside = real.string() + ".new-XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return Failed(real);
  Replacement replacement(real, std::move(beside));
  const bool written = ::fchmod(fd, ModeOf(real)) == 0 && WriteAll(fd, text);
  absl::Status status = written ? absl::OkStatus() : Failed(real);
  ::close(fd);
  if (!status.ok()) return status;
  return replacement;
}

Replacement::Replacement(Replacement&& other) noexcept
    : file_(std::move(other.file_)), beside_(std::exchange(other.beside_, {})) {}

Replacement::~Replacement() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

absl::Status Replacement::Commit() {
  if (std::rename(beside_.c_str(), file_.c_str()) != 0) return Failed(file_);
  beside_.clear();
  const int folder = ::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return absl::OkStatus();
  ::fsync(folder);
  ::close(folder);
  return absl::OkStatus();
}

}  // namespace postern::files
