#include "gateway/policy/names.h"

#include "common/sql/ascii.h"
#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {
namespace {

using sql::EqualsIgnoreCase;

bool HasWildcard(std::string_view pattern) { return pattern.ends_with('*'); }

bool StartsWithIgnoreCase(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && EqualsIgnoreCase(name.substr(0, prefix.size()), prefix);
}

bool ServerFoldsNames(const SessionFacts& session) { return session.lower_case_table_names.value_or(0) != 0; }

// One character of a name of UTF-8 at its front, taken off it.
std::string_view TakeCharacter(std::string_view& name) {
  size_t bytes = 1;
  while (bytes < name.size() && (static_cast<unsigned char>(name[bytes]) & 0xC0) == 0x80) ++bytes;
  const std::string_view character = name.substr(0, bytes);
  name.remove_prefix(bytes);
  return character;
}

}  // namespace

bool MatchesIgnoreCase(std::string_view pattern, std::string_view name) {
  if (HasWildcard(pattern)) return StartsWithIgnoreCase(name, pattern.substr(0, pattern.size() - 1));
  return EqualsIgnoreCase(pattern, name);
}

bool MatchesAsServer(std::string_view pattern, std::string_view name, const SessionFacts& session) {
  return ServerFoldsNames(session) ? MatchesIgnoreCase(pattern, name) : Matches(pattern, name);
}

bool CoversSchema(std::string_view pattern, std::string_view schema, bool reserved, const SessionFacts& session) {
  if (schema.empty()) return false;
  if (reserved) return !HasWildcard(pattern) && EqualsIgnoreCase(pattern, schema);
  return MatchesAsServer(pattern, schema, session);
}

// Routines are looked up without accents (`wípe` is wipe), and servers that fold names fold letters beyond ASCII, some of
// them into ASCII (the Kelvin sign into k): each such character may be any.
bool MayBeSame(std::string_view pattern, std::string_view name) {
  const bool prefix_only = HasWildcard(pattern);
  if (prefix_only) pattern.remove_suffix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  while (!pattern.empty() && !name.empty()) {
    const std::string_view a = TakeCharacter(pattern);
    const std::string_view b = TakeCharacter(name);
    if (a.size() == 1 && b.size() == 1 && !EqualsIgnoreCase(a, b)) return false;
  }
  return pattern.empty() && (prefix_only || name.empty());
}

}  // namespace postern::policy
