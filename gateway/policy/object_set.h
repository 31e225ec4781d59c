// The `objects` of a rule, found fast however many they are. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_OBJECT_SET_H_
#define POSTERN_GATEWAY_POLICY_OBJECT_SET_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::policy {

// "shop.orders", "shop.ord*", "shop.*", "*.*" (and "*" for it), or "@kind.name" for what lives in no schema.
struct ObjectPattern {
  std::string kind;  // of "@kind.name"; empty for objects in schemas
  std::string schema;
  std::string name;

  std::string ToString() const;
};

// Two names as the key of a table of names that are alike in any letter case. Empty for names beyond ASCII, which may be
// alike in other ways, and for very long ones.
class FoldedKey {
 public:
  FoldedKey(std::string_view schema, std::string_view name);

  bool exists() const { return size_ > 0; }
  std::string_view text() const { return {bytes_, size_}; }
  // Of the schema alone.
  std::string_view schema() const { return {bytes_, schema_size_}; }

 private:
  bool Append(std::string_view name);

  char bytes_[160];
  size_t size_ = 0;
  size_t schema_size_ = 0;
};

class ObjectSet {
 public:
  ObjectSet() = default;
  ObjectSet(std::initializer_list<ObjectPattern> patterns);

  void Add(ObjectPattern pattern);

  bool empty() const { return patterns_.empty(); }
  size_t size() const { return patterns_.size(); }
  const ObjectPattern& operator[](size_t i) const { return patterns_[i]; }
  std::vector<ObjectPattern>::const_iterator begin() const { return patterns_.begin(); }
  std::vector<ObjectPattern>::const_iterator end() const { return patterns_.end(); }

  // Whether `test` holds for any pattern. Those without a star that cannot mean this schema and name are left out; an empty
  // schema is any.
  template <class Test>
  bool Any(std::string_view schema, std::string_view name, const Test& test) const {
    const FoldedKey key(schema, name);
    if (!key.exists() || schema.empty() || name == "*" || schema == "*") return AnyOf(all_, test);
    for (auto at = FirstExact(key.text()); at < exact_.size() && exact_[at].first == key.text(); ++at) {
      if (test(patterns_[exact_[at].second])) return true;
    }
    return AnyOf(others_, test);
  }

 private:
  template <class Test>
  bool AnyOf(const std::vector<uint32_t>& which, const Test& test) const {
    for (const uint32_t i : which) {
      if (test(patterns_[i])) return true;
    }
    return false;
  }
  size_t FirstExact(std::string_view key) const;

  std::vector<ObjectPattern> patterns_;
  std::vector<std::pair<std::string, uint32_t>> exact_;  // by folded key, sorted
  std::vector<uint32_t> others_;
  std::vector<uint32_t> all_;
};

// Whether the pattern means names that are alike in letters of ASCII, and no others: it has a key.
std::optional<FoldedKey> ExactKeyOf(const ObjectPattern& pattern);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_OBJECT_SET_H_
