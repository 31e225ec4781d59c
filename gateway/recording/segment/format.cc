#include "gateway/recording/segment/format.h"

#include <absl/status/status.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "gateway/recording/segment/crc32c.h"
#include "gateway/recording/segment/little_endian.h"

namespace postern::recording {
namespace {

constexpr std::string_view kMagic = "PSTNJRNL";

void PutChain(const ChainHash& chain, std::string& out) {
  out.append(reinterpret_cast<const char*>(chain.data()), chain.size());
}

ChainHash GetChain(std::string_view bytes, size_t at) {
  ChainHash chain;
  std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), chain.size(), chain.begin());
  return chain;
}

// Where the CRC stands in a frame, and what follows it.
constexpr size_t kFrameCrcAt = 16;
constexpr size_t kFrameChainAt = 20;

uint32_t FrameCrc(std::string_view frame) {
  return Crc32c(frame.substr(kFrameChainAt), Crc32c(frame.substr(0, kFrameCrcAt)));
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string out(kMagic);
  PutLittleEndian(kFormatVersion, out);
  PutLittleEndian(header.segment, out);
  PutLittleEndian(header.previous_bytes, out);
  PutChain(header.chain, out);
  PutLittleEndian(header.marker, out);
  PutLittleEndian(Crc32c(out), out);
  return out;
}

absl::StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return absl::DataLossError("the segment is shorter than its header");
  bytes = bytes.substr(0, kSegmentHeaderBytes);
  if (!bytes.starts_with(kMagic)) return absl::DataLossError("not a journal segment");
  if (const auto version = GetLittleEndian<uint32_t>(bytes, 8); version != kFormatVersion) {
    return absl::UnimplementedError(absl::StrCat("journal format ", version, ", this build reads ", kFormatVersion));
  }
  if (GetLittleEndian<uint32_t>(bytes, 60) != Crc32c(bytes.substr(0, 60))) {
    return absl::DataLossError("the segment's header is damaged");
  }
  return SegmentHeader{.segment = GetLittleEndian<uint32_t>(bytes, 12),
                       .previous_bytes = GetLittleEndian<uint64_t>(bytes, 16),
                       .chain = GetChain(bytes, 24),
                       .marker = GetLittleEndian<uint32_t>(bytes, 56)};
}

ChainHash NextChain(const ChainHash& previous, std::string_view payload) {
  // Without SHA-256 there is no journal; OpenSSL fails here only when it is out of memory.
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ChainHash next;
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), previous.data(), previous.size()) != 1 ||
      EVP_DigestUpdate(context.get(), payload.data(), payload.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), next.data(), nullptr) != 1) {
    std::abort();
  }
  return next;
}

void AppendFrame(uint32_t marker, uint64_t durable, const ChainHash& chain, std::string_view payload,
                 std::string& out) {
  const size_t start = out.size();
  PutLittleEndian(marker, out);
  PutLittleEndian(static_cast<uint32_t>(payload.size()), out);
  PutLittleEndian(durable, out);
  PutLittleEndian(uint32_t{0}, out);
  PutChain(chain, out);
  out.append(payload);
  std::string crc;
  PutLittleEndian(FrameCrc(std::string_view(out).substr(start)), crc);
  std::copy(crc.begin(), crc.end(), out.begin() + static_cast<ptrdiff_t>(start + kFrameCrcAt));
}

FrameHeader DecodeFrameHeader(std::string_view bytes) {
  return {.marker = GetLittleEndian<uint32_t>(bytes, 0),
          .length = GetLittleEndian<uint32_t>(bytes, 4),
          .durable = GetLittleEndian<uint64_t>(bytes, 8),
          .crc = GetLittleEndian<uint32_t>(bytes, kFrameCrcAt),
          .chain = GetChain(bytes, kFrameChainAt)};
}

bool FrameIsSound(std::string_view frame) { return GetLittleEndian<uint32_t>(frame, kFrameCrcAt) == FrameCrc(frame); }

std::string SegmentFileName(uint32_t segment) { return absl::StrFormat("%08u.pjl", segment); }

std::string CompressedFileName(uint32_t segment) { return absl::StrCat(SegmentFileName(segment), ".zst"); }

std::optional<uint32_t> SegmentNumber(std::string_view file_name) {
  const std::string digits(file_name.substr(0, file_name.find('.')));
  uint32_t segment = 0;
  if (!absl::SimpleAtoi(digits, &segment) || segment == 0) return std::nullopt;
  if (SegmentFileName(segment) != file_name && CompressedFileName(segment) != file_name) return std::nullopt;
  return segment;
}

}  // namespace postern::recording
