// Names and patterns in a policy file: whom an entry speaks of, objects, columns. Reports what is none. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_LOAD_NAMES_H_
#define POSTERN_GATEWAY_POLICY_LOAD_NAMES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/document.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

// Of one list of a rule.
inline constexpr size_t kMaxPatterns = 5000;

// "name", "prefix*" or "*".
std::vector<std::string> ReadPatterns(config::Section& section, std::string_view key);

// `agents` or `groups` and `targets`, which must be there.
Who ReadWho(config::Section& section);
// The same where what is left out means everybody and everywhere.
Who ReadOptionalWho(config::Section& section);

// At most 64 printable characters without blanks.
bool IsPlainName(std::string_view name);

ObjectSet ReadObjects(config::Section& section);
// `schema.table.column`.
std::vector<ColumnPattern> ReadColumns(config::Section& section);
// `routines` and `functions`.
ObjectSet ReadCalls(config::Section& section);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_LOAD_NAMES_H_
