// Bytes on the MySQL wire, as views. Nobody owns anything here; every view lives as long as what it was cut from.
#ifndef POSTERN_COMMON_MYSQL_WIRE_BYTES_H_
#define POSTERN_COMMON_MYSQL_WIRE_BYTES_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace postern::mysql {

using Bytes = std::span<const std::byte>;

inline Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

inline std::string_view AsText(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_WIRE_BYTES_H_
