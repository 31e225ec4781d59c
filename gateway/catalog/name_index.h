// Finds things by schema and name, compared as the server compares them: letter by letter, or with ASCII letters of
// either case alike. Other letters are always compared as they are, so what the server might find under another
// spelling may not be found here; nothing is found that the server would not.
//
// Five bytes for each thing: the things themselves are in somebody else's vector, which may grow.
#ifndef POSTERN_GATEWAY_CATALOG_NAME_INDEX_H_
#define POSTERN_GATEWAY_CATALOG_NAME_INDEX_H_

#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/sql/ascii.h"

namespace postern::catalog {

struct NameRule {
  bool any_case_schemas = false;
  bool any_case_names = false;
};

// The server finds these in any case whatever lower_case_table_names says.
inline bool IsInformationSchema(std::string_view schema) { return sql::EqualsIgnoreCase(schema, "information_schema"); }

// Item has `schema` and `name`, string_views of at most 255 bytes.
template <class Item>
class NameIndex {
 public:
  // REQUIRES: `items` stays where it is.
  NameIndex(const std::vector<Item>& items, NameRule rule) : set_(0, Hash{&items, rule}, Equal{&items, rule}) {}

  const Item* Find(std::string_view schema, std::string_view name) const {
    if (schema.size() > kMaxNameBytes || name.size() > kMaxNameBytes) return nullptr;
    const auto found = set_.find(Key{schema, name});
    return found == set_.end() ? nullptr : &(*set_.hash_function().items)[*found];
  }
  // False if there is one of that name already.
  bool Add(uint32_t position) { return set_.insert(position).second; }
  void Remove(uint32_t position) { set_.erase(position); }

  size_t size() const { return set_.size(); }
  size_t memory_bytes() const { return set_.capacity() * (sizeof(uint32_t) + 1); }

 private:
  static constexpr size_t kMaxNameBytes = 255;

  struct Key {
    std::string_view schema;
    std::string_view name;
  };

  struct Hash {
    using is_transparent = void;
    const std::vector<Item>* items;
    NameRule rule;

    size_t operator()(uint32_t position) const {
      return (*this)(Key{(*items)[position].schema, (*items)[position].name});
    }
    size_t operator()(const Key& key) const {
      const bool any_case = IsInformationSchema(key.schema);
      std::array<char, 2 * kMaxNameBytes + 1> text;
      char* end = Put(key.schema, any_case || rule.any_case_schemas, text.data());
      *end++ = '\0';
      end = Put(key.name, any_case || rule.any_case_names, end);
      return absl::HashOf(absl::string_view(text.data(), static_cast<size_t>(end - text.data())));
    }
    static char* Put(std::string_view text, bool any_case, char* to) {
      for (const char c : text) *to++ = any_case ? sql::ToLower(c) : c;
      return to;
    }
  };

  struct Equal {
    using is_transparent = void;
    const std::vector<Item>* items;
    NameRule rule;

    Key At(uint32_t position) const { return {(*items)[position].schema, (*items)[position].name}; }
    bool operator()(uint32_t a, uint32_t b) const { return Same(At(a), At(b)); }
    bool operator()(const Key& a, uint32_t b) const { return Same(a, At(b)); }
    bool operator()(uint32_t a, const Key& b) const { return Same(At(a), b); }
    bool Same(const Key& a, const Key& b) const {
      const bool any_case = IsInformationSchema(a.schema);
      return Alike(a.schema, b.schema, any_case || rule.any_case_schemas) &&
             Alike(a.name, b.name, any_case || rule.any_case_names);
    }
    static bool Alike(std::string_view a, std::string_view b, bool any_case) {
      return any_case ? sql::EqualsIgnoreCase(a, b) : a == b;
    }
  };

  absl::flat_hash_set<uint32_t, Hash, Equal> set_;
};

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_NAME_INDEX_H_
