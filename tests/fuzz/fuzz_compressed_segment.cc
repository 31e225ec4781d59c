// Property: any bytes are a compressed segment or are refused; what comes out is never more than the table said, and the table never
// says more than its blocks could hold. The table gets its CRC here, so that the search comes past it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/recording/segment/compressed.h"
#include "gateway/recording/segment/crc32c.h"
#include "gateway/recording/segment/little_endian.h"
#include "tests/fuzz/memory_bytes.h"

using namespace postern::recording;

namespace {

// The input's first byte says how much of the rest stands in the first block, its second how large the plain one is.
std::string WithTable(std::string_view input) {
  const std::string blocks(input.substr(2));
  const size_t first = std::min(blocks.size(), static_cast<size_t>(input[0] & 255));
  BlockTable table{.plain_bytes = kBlockBytes + 1 + static_cast<size_t>(input[1] & 255)};
  table.blocks.push_back({.at = 0, .bytes = static_cast<uint32_t>(first), .crc = Crc32c(blocks.substr(0, first))});
  table.blocks.push_back(
      {.at = first, .bytes = static_cast<uint32_t>(blocks.size() - first), .crc = Crc32c(blocks.substr(first))});
  return blocks + EncodeTable(table);
}

void ReadAll(const std::string& bytes) {
  auto segment = OpenCompressed(std::make_unique<MemoryBytes>(bytes), "fuzzed");
  if (!segment.ok()) return;
  const uint64_t size = (*segment)->Size().value();
  if (size > uint64_t{kMaxBlocks} * kBlockBytes) std::abort();
  std::string plain;
  const absl::Status read = (*segment)->Read(0, 4 * kBlockBytes, plain);
  if (plain.size() > std::min<uint64_t>(size, 4 * kBlockBytes) || (read.ok() && plain.size() < std::min<uint64_t>(size, 4 * kBlockBytes))) std::abort();
  if (!(*segment)->Read(size, 1, plain).ok() || !plain.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  ReadAll(bytes);
  if (size > 2) ReadAll(WithTable(bytes));
  return 0;
}
