// A place in the journal: a segment's number and a byte offset in its file.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_POSITION_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_POSITION_H_

#include <array>
#include <compare>
#include <cstdint>

namespace postern::recording {

struct Position {
  uint32_t segment = 0;
  uint64_t offset = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

// SHA-256 over everything recorded up to a position; all zero before the first record.
using ChainHash = std::array<unsigned char, 32>;

// A position and the chain there: enough to read on and to prove that what follows belongs to what came before.
struct Cursor {
  Position at;
  ChainHash chain{};
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_POSITION_H_
