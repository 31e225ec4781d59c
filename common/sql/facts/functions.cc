#include "common/sql/facts/functions.h"

#include <algorithm>

#include "common/sql/ascii.h"

namespace postern::sql {
namespace {

constexpr BuiltIn kBuiltIns[] = {
#define F(name, mysql, mariadb, cls, aggregate, since) {#name, mysql, mariadb, FunctionClass::cls, aggregate, since},
#include "common/sql/facts/function_list.inc"
#undef F
};

constexpr size_t kLongest = 64;
constexpr int kHashesLeft = 90600;  // MySQL moved MD5 and SHA1 to a component that need not be there

}  // namespace

const BuiltIn* FindBuiltIn(std::string_view name, const Dialect& dialect) {
  if (name.size() > kLongest) return nullptr;
  char upper[kLongest];
  for (size_t i = 0; i < name.size(); ++i) upper[i] = ToUpper(name[i]);
  const std::string_view key(upper, name.size());
  const BuiltIn* found = std::lower_bound(std::begin(kBuiltIns), std::end(kBuiltIns), key,
                                          [](const BuiltIn& row, std::string_view k) { return row.name < k; });
  if (found == std::end(kBuiltIns) || found->name != key) return nullptr;
  if (dialect.IsMariaDb()) return found->mariadb ? found : nullptr;
  if (dialect.version >= kHashesLeft && (key == "MD5" || key == "SHA" || key == "SHA1")) return nullptr;
  return found->mysql && dialect.version >= found->since ? found : nullptr;
}

}  // namespace postern::sql
