#include "gateway/recording/compress_segment.h"

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>

#include "gateway/recording/segment/compressed.h"
#include "gateway/recording/segment/crc32c.h"
#include "gateway/recording/segment/segment_file.h"

namespace postern::recording {
namespace {

// How many bytes of the segment count, which its successor says.
absl::StatusOr<uint64_t> CountingBytes(const std::filesystem::path& folder, uint32_t segment, const SegmentBytes& plain) {
  auto next = SegmentFile::Find(folder, segment + 1);
  if (!next.ok()) return next.status();
  const auto size = plain.Size();
  if (!size.ok()) return size.status();
  if (*size >= next->header().previous_bytes) return next->header().previous_bytes;
  return absl::DataLossError(absl::StrCat(SegmentFileName(segment), " ends too soon"));
}

absl::Status WriteCompressed(SegmentBytes& plain, uint64_t bytes, File& to) {
  BlockTable table{.plain_bytes = bytes};
  uint64_t at = 0;
  std::string block;
  for (uint64_t offset = 0; offset < bytes; offset += kBlockBytes) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(kBlockBytes, bytes - offset));
    if (auto status = plain.Read(offset, size, block); !status.ok()) return status;
    if (block.size() != size) return absl::DataLossError("the segment ends too soon");
    auto compressed = CompressBlock(block);
    if (!compressed.ok()) return compressed.status();
    if (auto status = WriteWhole(to, at, *compressed); !status.ok()) return status;
    table.blocks.push_back({.at = at, .bytes = static_cast<uint32_t>(compressed->size()), .crc = Crc32c(*compressed)});
    at += compressed->size();
  }
  if (auto status = WriteWhole(to, at, EncodeTable(table)); !status.ok()) return status;
  return to.Sync();
}

absl::Status Compare(SegmentBytes& plain, uint64_t bytes, const std::filesystem::path& compressed) {
  auto back = OpenCompressed(compressed);
  if (!back.ok()) return back.status();
  std::string one;
  std::string other;
  for (uint64_t offset = 0; offset < bytes; offset += kBlockBytes) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(kBlockBytes, bytes - offset));
    if (auto status = plain.Read(offset, size, one); !status.ok()) return status;
    if (auto status = (*back)->Read(offset, size, other); !status.ok()) return status;
    if (one != other) return absl::DataLossError("a compressed segment read back is another");
  }
  return absl::OkStatus();
}

absl::Status MakeCompressed(const std::filesystem::path& folder, uint32_t segment, FileSystem& files) {
  auto plain = OpenPlain(folder / SegmentFileName(segment));
  if (!plain.ok()) return plain.status();
  auto bytes = CountingBytes(folder, segment, **plain);
  if (!bytes.ok()) return bytes.status();
  const auto unborn = folder / kUnbornCompressed;
  {
    auto file = files.CreateEmpty(unborn);
    if (!file.ok()) return file.status();
    if (auto status = WriteCompressed(**plain, *bytes, **file); !status.ok()) return status;
  }
  if (auto status = Compare(**plain, *bytes, unborn); !status.ok()) return status;
  return files.Rename(unborn, folder / CompressedFileName(segment));
}

}  // namespace

absl::Status CompressSegment(const std::filesystem::path& folder, uint32_t segment, FileSystem& files) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / CompressedFileName(segment), ignored)) {
    if (auto status = MakeCompressed(folder, segment, files); !status.ok()) return status;
  }
  // Its name must be durable before the plain file's goes.
  if (auto status = files.SyncFolder(folder); !status.ok()) return status;
  if (auto status = files.Remove(folder / SegmentFileName(segment)); !status.ok()) return status;
  return files.SyncFolder(folder);
}

}  // namespace postern::recording
