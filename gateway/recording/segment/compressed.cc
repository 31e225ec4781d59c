#include "gateway/recording/segment/compressed.h"

#include <absl/strings/str_cat.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/recording/segment/crc32c.h"
#include "gateway/recording/segment/damage.h"
#include "gateway/recording/segment/little_endian.h"

namespace postern::recording {
namespace {

// Beyond, zstd takes much longer for little.
constexpr int kLevel = 3;
// One of those that zstd sets aside for others and skips.
constexpr uint32_t kTableMagic = 0x184D2A53;
constexpr std::string_view kTableEnd = "PSTNJTBL";
constexpr size_t kEntryBytes = 8;
constexpr size_t kEntriesAt = 8;

// Of a footer: plain_bytes u64 · blocks u32 · crc u32 · "PSTNJTBL".
constexpr size_t kBlocksAt = 8;
constexpr size_t kCrcAt = 12;
constexpr size_t kEndAt = 16;

size_t PlainBytesOf(uint64_t block, uint64_t plain_bytes) {
  return static_cast<size_t>(std::min<uint64_t>(kBlockBytes, plain_bytes - block * kBlockBytes));
}

absl::Status NoTable() { return absl::DataLossError("the table of blocks is damaged"); }

class CompressedBytes final : public SegmentBytes {
 public:
  CompressedBytes(std::unique_ptr<SegmentBytes> file, std::string name, BlockTable table)
      : file_(std::move(file)), name_(std::move(name)), table_(std::move(table)) {}

  absl::StatusOr<uint64_t> Size() const override { return table_.plain_bytes; }

  absl::Status Read(uint64_t offset, size_t size, std::string& into) override {
    into.clear();
    const uint64_t end = offset < table_.plain_bytes ? offset + std::min<uint64_t>(size, table_.plain_bytes - offset) : offset;
    while (offset < end) {
      if (auto status = Load(offset / kBlockBytes); !status.ok()) return status;
      const size_t from = offset % kBlockBytes;
      const size_t count = std::min<uint64_t>(block_.size() - from, end - offset);
      into.append(block_, from, count);
      offset += count;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Load(uint64_t number) {
    if (number == loaded_) return absl::OkStatus();
    loaded_ = kNone;
    const BlockTable::Block& block = table_.blocks[number];
    std::string compressed;
    if (auto status = file_->Read(block.at, block.bytes, compressed); !status.ok()) return status;
    if (compressed.size() != block.bytes || Crc32c(compressed) != block.crc) {
      return DamagedAt(name_, block.at, "the block's CRC does not match");
    }
    auto plain = DecompressBlock(compressed, PlainBytesOf(number, table_.plain_bytes));
    if (!plain.ok()) return DamagedAt(name_, block.at, std::string(plain.status().message()));
    block_ = *std::move(plain);
    loaded_ = number;
    return absl::OkStatus();
  }

  static constexpr uint64_t kNone = ~uint64_t{0};

  const std::unique_ptr<SegmentBytes> file_;
  const std::string name_;
  const BlockTable table_;
  // The block read last: whoever reads on finds the rest of it here.
  std::string block_;
  uint64_t loaded_ = kNone;
};

}  // namespace

absl::StatusOr<std::string> CompressBlock(std::string_view plain) {
  std::string compressed(ZSTD_compressBound(plain.size()), '\0');
  const size_t size = ZSTD_compress(compressed.data(), compressed.size(), plain.data(), plain.size(), kLevel);
  if (ZSTD_isError(size) != 0) return absl::InternalError(absl::StrCat("zstd: ", ZSTD_getErrorName(size)));
  compressed.resize(size);
  return compressed;
}

absl::StatusOr<std::string> DecompressBlock(std::string_view compressed, size_t plain_bytes) {
  std::string plain(plain_bytes, '\0');
  const size_t size = ZSTD_decompress(plain.data(), plain.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0 || size != plain_bytes) return absl::DataLossError("the block cannot be decompressed");
  return plain;
}

std::string EncodeTable(const BlockTable& table) {
  std::string out;
  PutLittleEndian(kTableMagic, out);
  PutLittleEndian(static_cast<uint32_t>(table.blocks.size() * kEntryBytes + kTableFooterBytes), out);
  for (const auto& block : table.blocks) {
    PutLittleEndian(block.bytes, out);
    PutLittleEndian(block.crc, out);
  }
  PutLittleEndian(table.plain_bytes, out);
  PutLittleEndian(static_cast<uint32_t>(table.blocks.size()), out);
  PutLittleEndian(Crc32c(out), out);
  out.append(kTableEnd);
  return out;
}

absl::StatusOr<uint64_t> TableBytes(std::string_view footer) {
  if (footer.substr(kEndAt) != kTableEnd) return NoTable();
  const auto blocks = GetLittleEndian<uint32_t>(footer, kBlocksAt);
  if (blocks == 0 || blocks > kMaxBlocks) return NoTable();
  return kTableFixedBytes + uint64_t{blocks} * kEntryBytes;
}

absl::StatusOr<BlockTable> DecodeTable(std::string_view table, uint64_t table_at) {
  if (table.size() < kTableFixedBytes) return NoTable();
  const std::string_view footer = table.substr(table.size() - kTableFooterBytes);
  const auto bytes = TableBytes(footer);
  if (!bytes.ok() || *bytes != table.size()) return NoTable();
  if (GetLittleEndian<uint32_t>(footer, kCrcAt) != Crc32c(table.substr(0, table.size() - kTableFooterBytes + kCrcAt))) {
    return NoTable();
  }
  if (GetLittleEndian<uint32_t>(table, 0) != kTableMagic || GetLittleEndian<uint32_t>(table, 4) != table.size() - kEntriesAt) {
    return NoTable();
  }
  BlockTable decoded{.plain_bytes = GetLittleEndian<uint64_t>(footer, 0)};
  const auto blocks = GetLittleEndian<uint32_t>(footer, kBlocksAt);
  if (decoded.plain_bytes > uint64_t{blocks} * kBlockBytes || decoded.plain_bytes <= uint64_t{blocks - 1} * kBlockBytes) {
    return NoTable();
  }
  decoded.blocks.reserve(blocks);
  uint64_t at = 0;
  for (uint32_t i = 0; i < blocks; ++i) {
    const size_t entry = kEntriesAt + i * kEntryBytes;
    const auto size = GetLittleEndian<uint32_t>(table, entry);
    if (size > ZSTD_compressBound(kBlockBytes)) return NoTable();
    decoded.blocks.push_back({.at = at, .bytes = size, .crc = GetLittleEndian<uint32_t>(table, entry + 4)});
    at += size;
  }
  if (at != table_at) return NoTable();
  return decoded;
}

absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenCompressed(const std::filesystem::path& path) {
  auto file = OpenPlain(path);
  if (!file.ok()) return file.status();
  return OpenCompressed(*std::move(file), path.filename().string());
}

absl::StatusOr<std::unique_ptr<SegmentBytes>> OpenCompressed(std::unique_ptr<SegmentBytes> file, std::string name) {
  auto size = file->Size();
  if (!size.ok()) return size.status();
  if (*size < kTableFixedBytes) return DamagedAt(name, *size, "the file is cut short");
  std::string bytes;
  if (auto status = file->Read(*size - kTableFooterBytes, kTableFooterBytes, bytes); !status.ok()) return status;
  const auto table_bytes = TableBytes(bytes);
  if (!table_bytes.ok() || *table_bytes > *size) {
    return DamagedAt(name, *size - kTableFooterBytes, "the table of blocks is damaged");
  }
  const uint64_t table_at = *size - *table_bytes;
  if (auto status = file->Read(table_at, static_cast<size_t>(*table_bytes), bytes); !status.ok()) return status;
  auto table = DecodeTable(bytes, table_at);
  if (!table.ok()) return DamagedAt(name, table_at, std::string(table.status().message()));
  return std::make_unique<CompressedBytes>(std::move(file), std::move(name), *std::move(table));
}

}  // namespace postern::recording
