// Chunks as gRPC carries them, without a copy of the payload on either side.
//
// The wire form is exactly that of the proto message Chunk, so either end may as well use the generated class:
//
//   0A | payload length varint | payload            (field 1, bytes)
//
// What a peer sends is bounded here whatever the channel's own limit is. Pure functions, any thread.
#ifndef POSTERN_COMMON_LINK_CHUNK_H_
#define POSTERN_COMMON_LINK_CHUNK_H_

#include <absl/status/statusor.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "common/link/piece.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::link {

inline constexpr size_t kMaxDataBytes = 64 * 1024;
// Of a whole message, tag and length included; control messages too.
inline constexpr size_t kMaxChunkBytes = kMaxDataBytes + 16;

// A slice that owns `bytes`; never inlined.
grpc::Slice SliceOf(std::string bytes);
// [begin, end) of a slice, sharing it. REQUIRES: begin <= end <= whole.size().
grpc::Slice PartOf(const grpc::Slice& whole, size_t begin, size_t end);

// REQUIRES: payload.size() <= kMaxDataBytes.
grpc::ByteBuffer EncodeData(const grpc::Slice& payload);
// Any other message, by the generated class.
grpc::ByteBuffer EncodeControl(const v1::Chunk& chunk);

// Data in as many pieces as the transport cut it into (none if it is empty), or a control message.
using Received = std::variant<std::vector<Piece>, v1::Chunk>;

// RESOURCE_EXHAUSTED: over kMaxChunkBytes. INVALID_ARGUMENT: no chunk, or one of no known kind.
absl::StatusOr<Received> Decode(const grpc::ByteBuffer& message);

}  // namespace postern::link

#endif  // POSTERN_COMMON_LINK_CHUNK_H_
