#include "gateway/policy/object_set.h"

#include "common/config/cat.h"

namespace postern::policy {
namespace {

// FNV-1a, goes on from `hash`. False: the name is not all ASCII.
bool Hash(std::string_view name, uint64_t& hash) {
  while (name.ends_with(' ')) name.remove_suffix(1);
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = (hash ^ static_cast<unsigned char>(folded)) * 0x100000001B3;
  }
  hash = (hash ^ 0xFF) * 0x100000001B3;  // the end of a name
  return true;
}

}  // namespace

std::string ObjectPattern::ToString() const {
  return kind.empty() ? config::Cat(schema, ".", name) : config::Cat("@", kind, ".", name);
}

NameKey NameKey::Of(std::string_view schema, std::string_view name) {
  NameKey key{.schema = 0xCBF29CE484222325};
  if (!Hash(schema, key.schema)) return {};
  key.object = key.schema;
  key.exists = Hash(name, key.object);
  return key;
}

ObjectSet::ObjectSet(std::initializer_list<ObjectPattern> patterns) {
  for (const ObjectPattern& pattern : patterns) Add(pattern);
}

void ObjectSet::Add(ObjectPattern pattern) {
  const auto index = static_cast<uint32_t>(patterns_.size());
  const NameKey key = NameKey::Of(pattern.schema, pattern.name);
  const bool exact =
      key.exists && pattern.kind.empty() && !pattern.schema.ends_with('*') && !pattern.name.ends_with('*');
  if (exact) {
    const std::pair entry(key.object, index);
    exact_.insert(std::upper_bound(exact_.begin(), exact_.end(), entry), entry);
  } else {
    others_.push_back(index);
  }
  patterns_.push_back(std::move(pattern));
}

}  // namespace postern::policy
