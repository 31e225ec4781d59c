// Integers as the journal's files have them. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_LITTLE_ENDIAN_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_LITTLE_ENDIAN_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace postern::recording {

template <class Int>
void PutLittleEndian(Int value, std::string& out) {
  for (size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

// REQUIRES: the integer stands whole in `bytes`.
template <class Int>
Int GetLittleEndian(std::string_view bytes, size_t at) {
  Int value = 0;
  for (size_t i = sizeof value; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_LITTLE_ENDIAN_H_
