// The journal's bytes: segment headers and frames, as docs/recording-format.md draws them. Pure: no I/O.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_FORMAT_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_FORMAT_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/recording/segment/position.h"

namespace postern::recording {

// magic 8 "PSTNJRNL" · version u32 · segment u32 · previous_bytes u64 · chain 32 · marker u32 · crc u32 over all before
// it.
inline constexpr size_t kSegmentHeaderBytes = 64;
inline constexpr uint32_t kFormatVersion = 1;
// A frame that claims a longer payload is damage, whatever the writer of this life is configured to take.
inline constexpr uint64_t kMaxPayloadBytes = 256ULL << 20;

struct SegmentHeader {
  uint32_t segment = 0;
  // How many bytes of the segment before this one count. Anything after them was reported as failed.
  uint64_t previous_bytes = 0;
  // The chain before this segment's first record.
  ChainHash chain{};
  // Random, the first bytes of each frame: text inside a record cannot pass for a frame.
  uint32_t marker = 0;
};

// marker u32 · length u32 · durable u64 · crc u32 · chain 32 · payload. The CRC is over marker, length, durable, chain
// and payload.
inline constexpr size_t kFrameHeaderBytes = 52;

struct FrameHeader {
  uint32_t marker = 0;
  // Of the payload.
  uint32_t length = 0;
  // How many bytes of this segment were durable before the write that this frame went out with began.
  uint64_t durable = 0;
  uint32_t crc = 0;
  ChainHash chain{};
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
// DATA_LOSS for bytes that are no header; UNIMPLEMENTED for a version this build does not read.
absl::StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

// SHA-256(previous || payload).
ChainHash NextChain(const ChainHash& previous, std::string_view payload);

// Appends a whole frame to `out`. `chain` is the one with this payload in it. REQUIRES: payload not empty, under 4 GiB.
void AppendFrame(uint32_t marker, uint64_t durable, const ChainHash& chain, std::string_view payload, std::string& out);

// REQUIRES: bytes.size() >= kFrameHeaderBytes.
FrameHeader DecodeFrameHeader(std::string_view bytes);
// Whether the CRC holds. REQUIRES: `frame` is header and payload, whole.
bool FrameIsSound(std::string_view frame);

// "00000001.pjl", and "00000001.pjl.zst" once it is sealed and compressed.
std::string SegmentFileName(uint32_t segment);
std::string CompressedFileName(uint32_t segment);
// Which segment's name it is, plain or compressed; none for other names.
std::optional<uint32_t> SegmentNumber(std::string_view file_name);

// The name a segment has until its header is durable.
inline constexpr char kUnbornSegment[] = "next.tmp";
// The name a compressed segment has until it is whole and durable.
inline constexpr char kUnbornCompressed[] = "compressed.tmp";

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_FORMAT_H_
