#include "gateway/recording/segment_file.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace postern::recording {
namespace {

constexpr size_t kWindowBytes = 256 << 10;

std::string LittleEndian(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return bytes;
}

}  // namespace

absl::StatusOr<SegmentFile> SegmentFile::Open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path.string()));
  SegmentFile file(fd, path.filename().string());
  auto bytes = file.Fetch(0, kSegmentHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  auto header = DecodeSegmentHeader(*bytes);
  if (!header.ok())
    return absl::Status(header.status().code(), absl::StrCat(file.name_, ": ", header.status().message()));
  if (SegmentFileName(header->segment) != file.name_) {
    return absl::DataLossError(absl::StrCat(file.name_, " says it is segment ", header->segment));
  }
  file.header_ = *header;
  return file;
}

SegmentFile::~SegmentFile() {
  if (fd_ >= 0) ::close(fd_);
}

SegmentFile::SegmentFile(SegmentFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      header_(other.header_),
      window_(std::move(other.window_)),
      window_at_(other.window_at_) {}

SegmentFile& SegmentFile::operator=(SegmentFile&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = std::exchange(other.fd_, -1);
  name_ = std::move(other.name_);
  header_ = other.header_;
  window_ = std::move(other.window_);
  window_at_ = other.window_at_;
  return *this;
}

absl::StatusOr<uint64_t> SegmentFile::Size() const {
  struct stat facts{};
  if (::fstat(fd_, &facts) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat ", name_));
  return static_cast<uint64_t>(facts.st_size);
}

absl::StatusOr<std::string_view> SegmentFile::Fetch(uint64_t offset, size_t size) {
  if (offset < window_at_ || offset + size > window_at_ + window_.size()) {
    window_.resize(std::max(size, kWindowBytes));
    window_at_ = offset;
    size_t have = 0;
    while (have < window_.size()) {
      const ssize_t got = ::pread(fd_, window_.data() + have, window_.size() - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        window_.clear();
        return absl::ErrnoToStatus(errno, absl::StrCat("read ", name_));
      }
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    window_.resize(have);
  }
  return std::string_view(window_).substr(offset - window_at_, size);
}

absl::StatusOr<SegmentFile::Frame> SegmentFile::ReadFrame(uint64_t offset, uint64_t end) {
  if (offset > end || end - offset < kFrameHeaderBytes) return DamagedAt(offset, "the frame's header is cut short");
  auto bytes = Fetch(offset, kFrameHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < kFrameHeaderBytes) return DamagedAt(offset, "the frame's header is cut short");
  const FrameHeader header = DecodeFrameHeader(*bytes);
  if (header.marker != header_.marker) return DamagedAt(offset, "no frame begins here");
  if (header.length == 0 || header.length > kMaxPayloadBytes)
    return DamagedAt(offset, "the frame's length is out of range");
  if (header.length > end - offset - kFrameHeaderBytes) return DamagedAt(offset, "the frame is cut short");

  const size_t whole = kFrameHeaderBytes + header.length;
  bytes = Fetch(offset, whole);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < whole) return DamagedAt(offset, "the frame is cut short");
  if (!FrameIsSound(*bytes)) return DamagedAt(offset, "the frame's CRC does not match");
  return Frame{.header = header, .payload = bytes->substr(kFrameHeaderBytes), .end = offset + whole};
}

absl::StatusOr<bool> SegmentFile::WasDurable(uint64_t offset) {
  auto size = Size();
  if (!size.ok()) return size.status();
  const std::string marker = LittleEndian(header_.marker);
  // Windows overlap by three bytes, so that a marker across their border is seen once.
  for (uint64_t at = offset + 1; at < *size; at += kWindowBytes - 3) {
    auto window = Fetch(at, kWindowBytes);
    if (!window.ok()) return window.status();
    // ReadFrame moves the window under us.
    const std::string bytes(*window);
    for (size_t found = bytes.find(marker); found != std::string::npos; found = bytes.find(marker, found + 1)) {
      auto frame = ReadFrame(at + found, *size);
      if (frame.ok() && frame->header.durable > offset && frame->header.durable <= at + found) return true;
      if (!frame.ok() && !absl::IsDataLoss(frame.status())) return frame.status();
    }
  }
  return false;
}

absl::Status SegmentFile::DamagedAt(uint64_t offset, std::string_view why) const {
  return absl::DataLossError(absl::StrCat(name_, " is damaged at offset ", offset, ": ", std::string(why)));
}

}  // namespace postern::recording
