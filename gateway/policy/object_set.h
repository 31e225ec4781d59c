// The `objects` of a rule, found fast however many they are. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_OBJECT_SET_H_
#define POSTERN_GATEWAY_POLICY_OBJECT_SET_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
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

// A number for a schema and a name in it: the same for names that are alike in letters of ASCII, rarely so for others. None
// for names beyond ASCII, which may be alike in other ways.
struct NameKey {
  uint64_t schema = 0;  // of the schema alone
  uint64_t object = 0;
  bool exists = false;

  static NameKey Of(std::string_view schema, std::string_view name);
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

  // Whether `test` holds for any pattern. Those are left out that certainly cannot mean the name of the key, which is that of
  // one object in one schema, or does not exist.
  template <class Test>
  bool Any(const NameKey& key, const Test& test) const {
    if (!key.exists || patterns_.size() <= kFew) return std::any_of(patterns_.begin(), patterns_.end(), test);
    auto at = std::lower_bound(exact_.begin(), exact_.end(), std::pair(key.object, uint32_t{0}));
    for (; at != exact_.end() && at->first == key.object; ++at) {
      if (test(patterns_[at->second])) return true;
    }
    return std::any_of(others_.begin(), others_.end(), [&](uint32_t i) { return test(patterns_[i]); });
  }

 private:
  static constexpr size_t kFew = 4;  // are faster looked at than looked up

  std::vector<ObjectPattern> patterns_;
  std::vector<std::pair<uint64_t, uint32_t>> exact_;  // key of a pattern without a star, its place; sorted
  std::vector<uint32_t> others_;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_OBJECT_SET_H_
