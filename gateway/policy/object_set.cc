#include "gateway/policy/object_set.h"

#include <algorithm>

#include "common/config/cat.h"

namespace postern::policy {

std::string ObjectPattern::ToString() const {
  return kind.empty() ? config::Cat(schema, ".", name) : config::Cat("@", kind, ".", name);
}

bool FoldedKey::Append(std::string_view name) {
  while (name.ends_with(' ')) name.remove_suffix(1);
  if (name.size() + size_ + 1 > sizeof(bytes_)) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    bytes_[size_++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  bytes_[size_++] = '\0';
  return true;
}

FoldedKey::FoldedKey(std::string_view schema, std::string_view name) {
  const bool folded = Append(schema);
  schema_size_ = size_;
  if (!folded || !Append(name)) size_ = 0;
}

std::optional<FoldedKey> ExactKeyOf(const ObjectPattern& pattern) {
  if (!pattern.kind.empty() || pattern.schema.ends_with('*') || pattern.name.ends_with('*')) return std::nullopt;
  const FoldedKey key(pattern.schema, pattern.name);
  return key.exists() ? std::optional<FoldedKey>(key) : std::nullopt;
}

ObjectSet::ObjectSet(std::initializer_list<ObjectPattern> patterns) {
  for (const ObjectPattern& pattern : patterns) Add(pattern);
}

void ObjectSet::Add(ObjectPattern pattern) {
  const auto index = static_cast<uint32_t>(patterns_.size());
  all_.push_back(index);
  if (const auto key = ExactKeyOf(pattern)) {
    std::pair<std::string, uint32_t> entry(key->text(), index);
    exact_.insert(std::upper_bound(exact_.begin(), exact_.end(), entry), std::move(entry));
  } else {
    others_.push_back(index);
  }
  patterns_.push_back(std::move(pattern));
}

size_t ObjectSet::FirstExact(std::string_view key) const {
  const auto at = std::lower_bound(exact_.begin(), exact_.end(), key,
                                   [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return static_cast<size_t>(at - exact_.begin());
}

}  // namespace postern::policy
