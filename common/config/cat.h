// Cat("a", std::string_view, 3): pieces of text and whole numbers put together. absl::StrCat of Debian's Abseil does
// not take a std::string_view. Pure, any thread.
#ifndef POSTERN_COMMON_CONFIG_CAT_H_
#define POSTERN_COMMON_CONFIG_CAT_H_

#include <concepts>
#include <string>
#include <string_view>

namespace postern::config {

namespace internal {
inline void AppendPiece(std::string& out, std::string_view piece) { out.append(piece); }
template <std::integral Number>
void AppendPiece(std::string& out, Number number) {
  out += std::to_string(number);
}
}  // namespace internal

template <class... Pieces>
void Append(std::string& out, const Pieces&... pieces) {
  (internal::AppendPiece(out, pieces), ...);
}

template <class... Pieces>
std::string Cat(const Pieces&... pieces) {
  std::string out;
  Append(out, pieces...);
  return out;
}

template <class Texts>
std::string Join(const Texts& texts, std::string_view separator) {
  std::string out;
  for (const auto& text : texts) Append(out, out.empty() ? "" : separator, text);
  return out;
}

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_CAT_H_
