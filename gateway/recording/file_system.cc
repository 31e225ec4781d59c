#include "gateway/recording/file_system.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace postern::recording {
namespace {

class PosixFile final : public File {
 public:
  explicit PosixFile(int fd) : fd_(fd) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  absl::StatusOr<size_t> Write(uint64_t offset, std::string_view bytes) override {
    ssize_t written = 0;
    do {
      written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    } while (written < 0 && errno == EINTR);
    if (written < 0) return absl::ErrnoToStatus(errno, "write to the journal");
    if (written == 0) return absl::ErrnoToStatus(ENOSPC, "write to the journal");
    return static_cast<size_t>(written);
  }

  absl::Status Sync() override {
    return ::fdatasync(fd_) == 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, "fdatasync of the journal");
  }

  absl::Status Truncate(uint64_t size) override {
    return ::ftruncate(fd_, static_cast<off_t>(size)) == 0 ? absl::OkStatus()
                                                           : absl::ErrnoToStatus(errno, "truncate the journal");
  }

 private:
  const int fd_;
};

absl::StatusOr<std::unique_ptr<File>> OpenFile(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path.string()));
  return std::make_unique<PosixFile>(fd);
}

class Posix final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path) override { return OpenFile(path, 0); }

  absl::StatusOr<std::unique_ptr<File>> CreateEmpty(const std::filesystem::path& path) override {
    return OpenFile(path, O_CREAT | O_TRUNC);
  }

  absl::Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrCat("rename ", from.string()));
  }

  absl::Status Remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrCat("remove ", path.string()));
  }

  absl::Status SyncFolder(const std::filesystem::path& folder) override {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", folder.string()));
    const auto status =
        ::fsync(fd) == 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, absl::StrCat("fsync ", folder.string()));
    ::close(fd);
    return status;
  }

  absl::StatusOr<uint64_t> FreeBytes(const std::filesystem::path& folder) override {
    struct statvfs facts{};
    if (::statvfs(folder.c_str(), &facts) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("statvfs ", folder.string()));
    }
    return static_cast<uint64_t>(facts.f_bavail) * facts.f_frsize;
  }
};

}  // namespace

std::unique_ptr<FileSystem> PosixFileSystem() { return std::make_unique<Posix>(); }

absl::Status WriteWhole(File& file, uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    auto written = file.Write(offset, bytes);
    if (!written.ok()) return written.status();
    offset += *written;
    bytes.remove_prefix(*written);
  }
  return absl::OkStatus();
}

}  // namespace postern::recording
