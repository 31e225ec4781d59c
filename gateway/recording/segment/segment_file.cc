#include "gateway/recording/segment/segment_file.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "gateway/recording/segment/compressed.h"
#include "gateway/recording/segment/damage.h"
#include "gateway/recording/segment/little_endian.h"

namespace postern::recording {
namespace {

constexpr size_t kWindowBytes = 256 << 10;

}  // namespace

absl::StatusOr<SegmentFile> SegmentFile::Find(const std::filesystem::path& folder, uint32_t segment) {
  auto file = Open(folder / SegmentFileName(segment));
  if (!absl::IsNotFound(file.status())) return file;
  return Open(folder / CompressedFileName(segment));
}

absl::StatusOr<SegmentFile> SegmentFile::Open(const std::filesystem::path& path) {
  auto bytes = path.extension() == ".zst" ? OpenCompressed(path) : OpenPlain(path);
  if (!bytes.ok()) return bytes.status();
  return Over(*std::move(bytes), path.filename().string());
}

absl::StatusOr<SegmentFile> SegmentFile::Over(std::unique_ptr<SegmentBytes> from, std::string name) {
  SegmentFile file(std::move(from), std::move(name));
  auto bytes = file.Fetch(0, kSegmentHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  auto header = DecodeSegmentHeader(*bytes);
  if (absl::IsDataLoss(header.status())) return file.DamagedAt(0, std::string(header.status().message()));
  if (!header.ok()) {
    return absl::Status(header.status().code(), absl::StrCat(file.name_, ": ", header.status().message()));
  }
  if (SegmentFileName(header->segment) != file.name_ && CompressedFileName(header->segment) != file.name_) {
    return file.DamagedAt(0, absl::StrCat("it says it is segment ", header->segment));
  }
  file.header_ = *header;
  return file;
}

absl::StatusOr<std::string_view> SegmentFile::Fetch(uint64_t offset, size_t size) {
  if (offset < window_at_ || offset + size > window_at_ + window_.size()) {
    window_at_ = offset;
    if (auto status = bytes_->Read(offset, std::max(size, kWindowBytes), window_); !status.ok()) {
      window_.clear();
      return status;
    }
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
  std::string marker;
  PutLittleEndian(header_.marker, marker);
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
  return recording::DamagedAt(name_, offset, why);
}

absl::StatusOr<std::vector<uint32_t>> ListSegments(const std::filesystem::path& folder) {
  std::error_code error;
  std::set<uint32_t> segments;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (const auto segment = SegmentNumber(it->path().filename().string())) segments.insert(*segment);
  }
  if (error) return absl::UnavailableError(absl::StrCat("read ", folder.string(), ": ", error.message()));
  return std::vector<uint32_t>(segments.begin(), segments.end());
}

}  // namespace postern::recording
