// ASCII letters as MySQL compares keywords and names of charsets, modes and variables. Pure, no locale.
#ifndef POSTERN_COMMON_SQL_ASCII_H_
#define POSTERN_COMMON_SQL_ASCII_H_

#include <string>
#include <string_view>

namespace postern::sql {

inline constexpr char ToUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
inline constexpr char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
inline constexpr bool IsDigit(unsigned char c) { return c >= '0' && c <= '9'; }
inline constexpr bool IsHexDigit(unsigned char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

inline constexpr bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (ToUpper(a[i]) != ToUpper(b[i])) return false;
  }
  return true;
}

inline std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ToUpper(c);
  return out;
}

inline std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ToLower(c);
  return out;
}

// Appends every piece, which must be convertible to std::string_view.
template <typename... Pieces>
void Append(std::string& out, const Pieces&... pieces) {
  (out.append(std::string_view(pieces)), ...);
}

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_ASCII_H_
