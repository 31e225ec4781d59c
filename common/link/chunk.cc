#include "common/link/chunk.h"

#include <grpc/slice.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace postern::link {
namespace {

constexpr uint8_t kDataTag = 0x0A;
constexpr size_t kMaxVarintBytes = 10;

void DeleteString(void* text) { delete static_cast<std::string*>(text); }

// gRPC keeps a few bytes inside the slice object itself; those are moved to the heap, where they stay.
grpc::Slice Anchored(grpc::Slice slice) {
  const grpc_slice raw = slice.c_slice();
  const bool inlined = raw.refcount == nullptr;
  grpc_slice_unref(raw);
  if (!inlined) return slice;
  return SliceOf(std::string(reinterpret_cast<const char*>(slice.begin()), slice.size()));
}

// Reads the first bytes of a message that is cut into slices.
class Head {
 public:
  explicit Head(const std::vector<grpc::Slice>& slices) : slices_(slices) { SkipEmpty(); }

  std::optional<uint8_t> Byte() {
    if (slice_ == slices_.size()) return std::nullopt;
    const uint8_t byte = slices_[slice_].begin()[offset_++];
    ++consumed_;
    SkipEmpty();
    return byte;
  }

  std::optional<uint64_t> Varint() {
    uint64_t value = 0;
    for (size_t i = 0; i < kMaxVarintBytes; ++i) {
      const std::optional<uint8_t> byte = Byte();
      if (!byte) return std::nullopt;
      value |= static_cast<uint64_t>(*byte & 0x7F) << (7 * i);
      if ((*byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }

  size_t consumed() const { return consumed_; }
  size_t slice() const { return slice_; }
  size_t offset() const { return offset_; }

 private:
  void SkipEmpty() {
    while (slice_ < slices_.size() && offset_ == slices_[slice_].size()) {
      ++slice_;
      offset_ = 0;
    }
  }

  const std::vector<grpc::Slice>& slices_;
  size_t slice_ = 0;
  size_t offset_ = 0;
  size_t consumed_ = 0;
};

std::vector<Piece> PiecesFrom(std::vector<grpc::Slice>& slices, size_t slice, size_t offset) {
  std::vector<Piece> pieces;
  pieces.reserve(slices.size() - slice);
  for (; slice < slices.size(); ++slice, offset = 0) {
    if (slices[slice].size() == offset) continue;
    grpc::Slice buffer = Anchored(std::move(slices[slice]));
    const auto bytes = std::as_bytes(std::span(buffer.begin() + offset, buffer.size() - offset));
    pieces.push_back({std::move(buffer), bytes});
  }
  return pieces;
}

// The plain case: one data field that fills the message.
std::optional<std::vector<Piece>> DecodeData(std::vector<grpc::Slice>& slices, size_t total_bytes) {
  Head head(slices);
  if (head.Byte() != kDataTag) return std::nullopt;
  const std::optional<uint64_t> length = head.Varint();
  if (!length || *length != total_bytes - head.consumed()) return std::nullopt;
  return PiecesFrom(slices, head.slice(), head.offset());
}

// Whatever else the proto allows, read as the generated class reads it.
absl::StatusOr<Received> DecodeProto(const std::vector<grpc::Slice>& slices, size_t total_bytes) {
  std::string bytes;
  bytes.reserve(total_bytes);
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  v1::Chunk chunk;
  if (!chunk.ParseFromString(bytes)) return absl::InvalidArgumentError("not a chunk");
  if (chunk.kind_case() == v1::Chunk::KIND_NOT_SET) return absl::InvalidArgumentError("a chunk of no known kind");
  if (chunk.kind_case() != v1::Chunk::kData) return Received(std::move(chunk));
  std::vector<grpc::Slice> data{SliceOf(std::move(*chunk.mutable_data()))};
  return Received(PiecesFrom(data, 0, 0));
}

}  // namespace

grpc::Slice SliceOf(std::string bytes) {
  auto* text = new std::string(std::move(bytes));
  return grpc::Slice(text->data(), text->size(), DeleteString, text);
}

grpc::Slice PartOf(const grpc::Slice& whole, size_t begin, size_t end) {
  const grpc_slice raw = whole.c_slice();
  grpc::Slice part(grpc_slice_sub(raw, begin, end), grpc::Slice::STEAL_REF);
  grpc_slice_unref(raw);
  return part;
}

grpc::ByteBuffer EncodeData(const grpc::Slice& payload) {
  uint8_t head[1 + kMaxVarintBytes] = {kDataTag};
  size_t size = 1;
  for (uint64_t rest = payload.size();; rest >>= 7) {
    head[size++] = static_cast<uint8_t>((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
    if (rest <= 0x7F) break;
  }
  const grpc::Slice slices[] = {grpc::Slice(head, size), payload};
  return grpc::ByteBuffer(slices, payload.size() == 0 ? 1 : 2);
}

grpc::ByteBuffer EncodeControl(const v1::Chunk& chunk) {
  const grpc::Slice slice = SliceOf(chunk.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<Received> Decode(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  if (!message.Valid() || !message.Dump(&slices).ok()) return absl::InvalidArgumentError("not a chunk");
  size_t total_bytes = 0;
  for (const grpc::Slice& slice : slices) total_bytes += slice.size();
  if (total_bytes > kMaxChunkBytes) return absl::ResourceExhaustedError("a chunk is larger than agreed");
  if (std::optional<std::vector<Piece>> data = DecodeData(slices, total_bytes)) return Received(std::move(*data));
  return DecodeProto(slices, total_bytes);
}

}  // namespace postern::link
