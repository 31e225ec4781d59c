// Memory of one statement's syntax tree: handed out in order, given back all at once. Nodes are never destroyed one by
// one and must not need it. One parse, one thread.
#ifndef POSTERN_COMMON_SQL_AST_ARENA_H_
#define POSTERN_COMMON_SQL_AST_ARENA_H_

#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace postern::sql {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <typename T>
  T* New() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Take(sizeof(T))) T();
  }

  // A copy of the text that lives as long as the arena.
  std::string_view Keep(std::string_view text) {
    if (text.empty()) return {};
    void* at = Take(text.size());
    std::memcpy(at, text.data(), text.size());
    return {static_cast<const char*>(at), text.size()};
  }

  // Handed out so far.
  size_t bytes() const { return bytes_; }

 private:
  void* Take(size_t bytes) {
    bytes = (bytes + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
    if (bytes > left_) Grow(bytes);
    std::byte* at = next_;
    next_ += bytes;
    left_ -= bytes;
    bytes_ += bytes;
    return at;
  }

  void Grow(size_t bytes) {
    size_t size = blocks_.empty() ? kSecond : kLater;
    if (size < bytes) size = bytes;
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
  }

  static constexpr size_t kFirst = 4 << 10;  // enough for most statements: those allocate nothing
  static constexpr size_t kSecond = 16 << 10;
  static constexpr size_t kLater = 64 << 10;

  alignas(std::max_align_t) std::byte first_[kFirst];
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* next_ = first_;
  size_t left_ = kFirst;
  size_t bytes_ = 0;
};

// A list threaded through its nodes' `next`. Copying it shares the nodes.
template <typename T>
struct List {
  T* first = nullptr;
  T* last = nullptr;
  size_t size = 0;

  void Add(T* node) {
    node->next = nullptr;
    (last == nullptr ? first : last->next) = node;
    last = node;
    ++size;
  }
  bool empty() const { return first == nullptr; }

  struct Iterator {
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = T*;
    using reference = T&;

    T* node;
    T& operator*() const { return *node; }
    Iterator& operator++() {
      node = node->next;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      node = node->next;
      return before;
    }
    bool operator==(const Iterator& other) const = default;
  };
  Iterator begin() const { return {first}; }
  Iterator end() const { return {nullptr}; }
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_ARENA_H_
