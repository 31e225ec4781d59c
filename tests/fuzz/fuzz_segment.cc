// Property: any bytes are a segment or are refused; reading one goes forward, stays inside it, and hands out only payloads that their
// frames' CRCs vouch for. The header and the first frame get their CRCs here, so that the search comes past them.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/recording/segment/crc32c.h"
#include "gateway/recording/segment/little_endian.h"
#include "gateway/recording/segment/segment_file.h"
#include "tests/fuzz/memory_bytes.h"

using namespace postern::recording;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size >= kSegmentHeaderBytes) {
    SegmentHeader header{.segment = 1, .marker = GetLittleEndian<uint32_t>(bytes, 56)};
    header.previous_bytes = GetLittleEndian<uint64_t>(bytes, 16);
    bytes.replace(0, kSegmentHeaderBytes, EncodeSegmentHeader(header));
  }
  if (size > kSegmentHeaderBytes + kFrameHeaderBytes) {
    std::string frame;
    const std::string payload = bytes.substr(kSegmentHeaderBytes + kFrameHeaderBytes, size_t{1} + (data[0] & 63));
    AppendFrame(GetLittleEndian<uint32_t>(bytes, 56), 64, {}, payload, frame);
    bytes.replace(kSegmentHeaderBytes, frame.size(), frame);
  }
  auto file = SegmentFile::Over(std::make_unique<MemoryBytes>(bytes), SegmentFileName(1));
  if (!file.ok()) return 0;
  uint64_t offset = kSegmentHeaderBytes;
  while (offset < bytes.size()) {
    auto frame = file->ReadFrame(offset, bytes.size());
    if (!frame.ok()) break;
    if (frame->end <= offset || frame->end > bytes.size() || frame->payload.empty()) std::abort();
    offset = frame->end;
  }
  if (!file->WasDurable(offset).ok()) std::abort();
  return 0;
}
