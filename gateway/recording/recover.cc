#include "gateway/recording/recover.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "gateway/recording/reader.h"
#include "gateway/recording/segment/segment_file.h"

namespace postern::recording {
namespace {

// Every segment but the last must reach as far as its successor says, and none may be missing between them.
absl::Status CheckJoints(const std::filesystem::path& folder, const std::vector<uint32_t>& segments) {
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    if (segments[i + 1] != segments[i] + 1) {
      return absl::DataLossError(absl::StrCat(SegmentFileName(segments[i] + 1), " is missing"));
    }
    auto file = SegmentFile::Find(folder, segments[i]);
    if (!file.ok()) return file.status();
    auto next = SegmentFile::Find(folder, segments[i + 1]);
    if (!next.ok()) return next.status();
    auto size = file->Size();
    if (!size.ok()) return size.status();
    if (*size < next->header().previous_bytes) return file->DamagedAt(*size, "the segment ends too soon");
  }
  return absl::OkStatus();
}

absl::Status Cut(const std::filesystem::path& path, FileSystem& files, uint64_t size) {
  auto file = files.Open(path);
  if (!file.ok()) return file.status();
  if (auto status = (*file)->Truncate(size); !status.ok()) return status;
  return (*file)->Sync();
}

// A new segment, and a compressed one, is written under these names first; what is left was never part of the journal.
void RemoveUnborn(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(folder / kUnbornSegment, ignored);
  std::filesystem::remove(folder / kUnbornCompressed, ignored);
}

// What the segments take on the disk, but the one that is written to.
uint64_t SealedBytes(const std::filesystem::path& folder, const std::vector<uint32_t>& segments) {
  uint64_t bytes = 0;
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    for (const std::string& name : {SegmentFileName(segments[i]), CompressedFileName(segments[i])}) {
      std::error_code missing;
      const uint64_t size = std::filesystem::file_size(folder / name, missing);
      if (!missing) bytes += size;
    }
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Recovered> Recover(const std::filesystem::path& folder, FileSystem& files) {
  RemoveUnborn(folder);
  auto segments = ListSegments(folder);
  if (!segments.ok()) return segments.status();
  if (segments->empty()) return Recovered{};
  if (auto status = CheckJoints(folder, *segments); !status.ok()) return status;

  const uint32_t last = segments->back();
  const auto path = folder / SegmentFileName(last);
  auto file = SegmentFile::Open(path);
  if (!file.ok()) return file.status();
  uint64_t records = 0;
  const Cursor start{.at = {last, kSegmentHeaderBytes}, .chain = file->header().chain};
  auto reader = Reader::Open(folder, {.start = start, .end = {}});
  if (!reader.ok()) return reader.status();
  while (true) {
    auto payload = reader->NextPayload();
    if (!payload.ok()) return payload.status();
    if (!*payload) break;
    ++records;
  }

  Recovered recovered{.segments = static_cast<uint32_t>(segments->size()),
                      .end = reader->cursor(),
                      .marker = file->header().marker,
                      .records = records,
                      .sealed_bytes = SealedBytes(folder, *segments),
                      .cut_bytes = 0};
  auto size = file->Size();
  if (!size.ok()) return size.status();
  recovered.cut_bytes = *size - recovered.end.at.offset;
  // Synced even when there is nothing to cut: a process that died between its write and its fdatasync leaves sound
  // frames that may stand in the page cache alone.
  if (auto status = Cut(path, files, recovered.end.at.offset); !status.ok()) return status;
  return recovered;
}

}  // namespace postern::recording
