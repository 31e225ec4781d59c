// Texts kept together until all of them go: a catalog has millions, and none is dropped alone. Moves, does not copy;
// what Keep returned stays where it is.
#ifndef POSTERN_GATEWAY_CATALOG_TEXT_STORE_H_
#define POSTERN_GATEWAY_CATALOG_TEXT_STORE_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace postern::catalog {

class TextStore {
 public:
  std::string_view Keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > kBlockBytes / 4) return Copy(NewBlock(text.size()), text);
    if (text.size() > left_) {
      at_ = NewBlock(kBlockBytes);
      left_ = kBlockBytes;
    }
    const std::string_view kept = Copy(at_, text);
    at_ += text.size();
    left_ -= text.size();
    return kept;
  }

  size_t memory_bytes() const { return bytes_ + blocks_.capacity() * sizeof blocks_[0]; }

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;

  char* NewBlock(size_t bytes) {
    blocks_.push_back(std::make_unique<char[]>(bytes));
    bytes_ += bytes;
    return blocks_.back().get();
  }
  static std::string_view Copy(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* at_ = nullptr;
  size_t left_ = 0;
  size_t bytes_ = 0;
};

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_TEXT_STORE_H_
