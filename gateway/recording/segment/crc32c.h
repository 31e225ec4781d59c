// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds accidental damage. It proves nothing against people; the chain
// does.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_CRC32C_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace postern::recording {

// The CRC of `bytes`, or of what `crc` was computed over followed by `bytes`.
uint32_t Crc32c(std::string_view bytes, uint32_t crc = 0);

// The same by tables alone: what processors without the instruction run, and what tests compare with.
uint32_t Crc32cByTable(std::string_view bytes, uint32_t crc = 0);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_CRC32C_H_
