// One value of a YAML file with its place: what document.cc reads and sections ask. Inside this folder only.
#ifndef POSTERN_COMMON_CONFIG_VALUE_H_
#define POSTERN_COMMON_CONFIG_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/document.h"

namespace postern::config {

struct Entry;

struct Value {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string scalar;
  bool plain = false;  // a scalar without quotes: may be a number or a boolean
  std::vector<Value> items;
  std::vector<Entry> entries;
};

struct Entry {
  std::string key;
  uint32_t line = 0;
  uint32_t column = 0;
  Value value;
};

// Fills `root`, or adds a problem and leaves it alone. An empty text is a problem.
bool ParseYaml(std::string_view text, const std::string& file, const DocumentLimits& limits, Value& root,
               Problems& problems);

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_VALUE_H_
