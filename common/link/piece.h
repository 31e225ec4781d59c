// A run of received bytes, holding a share of the buffer they arrived in. Moves freely between threads; the bytes stay put.
#ifndef POSTERN_COMMON_LINK_PIECE_H_
#define POSTERN_COMMON_LINK_PIECE_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <span>

namespace postern::link {

struct Piece {
  // INVARIANT: not an inlined slice, so that moving it does not move the bytes.
  grpc::Slice buffer;
  std::span<const std::byte> bytes;
};

}  // namespace postern::link

#endif  // POSTERN_COMMON_LINK_PIECE_H_
