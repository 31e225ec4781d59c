// A sealed segment, compressed: zstd frames of one block each, so that any place is one block away, and a table of them at the
// end. docs/recording-format.md draws it; `zstd -d` gives back the plain segment.
//
// Every byte of the file is under a CRC: the blocks' in the table, the table's in itself. Pure but for OpenCompressed.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_COMPRESSED_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_COMPRESSED_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/recording/segment/segment_bytes.h"

namespace postern::recording {

// Of the plain segment. Every block but the last is exactly so long: no compressed file makes a reader take more.
inline constexpr size_t kBlockBytes = 256 << 10;
// More blocks are no segment of ours: 256 GiB.
inline constexpr uint32_t kMaxBlocks = 1 << 20;

// magic u32 · size u32 · { bytes u32 · crc u32 } for each block · plain_bytes u64 · blocks u32 · crc u32 · "PSTNJTBL".
inline constexpr size_t kTableFixedBytes = 32;
// What stands behind the blocks' entries.
inline constexpr size_t kTableFooterBytes = 24;

struct BlockTable {
  struct Block {
    uint64_t at = 0;  // where it begins in the compressed file
    uint32_t bytes = 0;
    uint32_t crc = 0;
  };
  uint64_t plain_bytes = 0;
  std::vector<Block> blocks;
};

// One block as a zstd frame. REQUIRES: 1 to kBlockBytes bytes.
absl::StatusOr<std::string> CompressBlock(std::string_view plain);
// DATA_LOSS unless it yields exactly `plain_bytes`, which is at most kBlockBytes.
absl::StatusOr<std::string> DecompressBlock(std::string_view compressed, size_t plain_bytes);

std::string EncodeTable(const BlockTable& table);
// How long the table is that ends in this footer. DATA_LOSS for what is no footer. REQUIRES: kTableFooterBytes bytes.
absl::StatusOr<uint64_t> TableBytes(std::string_view footer);
// `table` is the whole of it, standing at offset `table_at` of the file: the blocks must fill what is before it.
absl::StatusOr<BlockTable> DecodeTable(std::string_view table, uint64_t table_at);

// The plain bytes of a compressed file. NOT_FOUND, DATA_LOSS.
absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenCompressed(const std::filesystem::path& path);
// The same over a file that is already open, named in errors.
absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenCompressed(std::unique_ptr<SegmentBytes> file, std::string name);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_COMPRESSED_H_
