#include "gateway/recording/segment/segment_bytes.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace postern::recording {
namespace {

class PlainBytes final : public SegmentBytes {
 public:
  PlainBytes(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  ~PlainBytes() override { ::close(fd_); }
  PlainBytes(const PlainBytes&) = delete;
  PlainBytes& operator=(const PlainBytes&) = delete;

  absl::StatusOr<uint64_t> Size() const override {
    struct stat facts{};
    if (::fstat(fd_, &facts) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat ", name_));
    return static_cast<uint64_t>(facts.st_size);
  }

  absl::Status Read(uint64_t offset, size_t size, std::string& into) override {
    into.resize(size);
    size_t have = 0;
    while (have < size) {
      const ssize_t got = ::pread(fd_, into.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        into.clear();
        return absl::ErrnoToStatus(errno, absl::StrCat("read ", name_));
      }
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    into.resize(have);
    return absl::OkStatus();
  }

 private:
  const int fd_;
  const std::string name_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenPlain(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path.string()));
  return std::make_unique<PlainBytes>(fd, path.filename().string());
}

}  // namespace postern::recording
