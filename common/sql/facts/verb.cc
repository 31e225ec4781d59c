#include "common/sql/facts/verb.h"

#include <array>

namespace postern::sql {
namespace {

struct Row {
  std::string_view name;
  VerbGroup group;
};

constexpr Row kRows[] = {
#define POSTERN_SQL_ROW(verb, name, group) {name, VerbGroup::group},
    POSTERN_SQL_VERBS(POSTERN_SQL_ROW)
#undef POSTERN_SQL_ROW
};

}  // namespace

std::string_view VerbName(Verb verb) { return kRows[static_cast<size_t>(verb)].name; }

std::string_view VerbWord(Verb verb) {
  const std::string_view name = VerbName(verb);
  return name.substr(0, name.find('_'));
}

VerbGroup GroupOf(Verb verb) { return kRows[static_cast<size_t>(verb)].group; }

std::string_view GroupName(VerbGroup group) {
  switch (group) {
    case VerbGroup::kRead: return "read";
    case VerbGroup::kWrite: return "write";
    case VerbGroup::kDdl: return "ddl";
    case VerbGroup::kAccount: return "account";
    case VerbGroup::kAdmin: return "admin";
    case VerbGroup::kSession: return "session";
    case VerbGroup::kTransaction: return "transaction";
  }
  return "admin";
}

bool VerbMatches(Verb verb, std::string_view pattern) {
  return pattern == VerbName(verb) || pattern == VerbWord(verb) || pattern == GroupName(GroupOf(verb));
}

bool IsVerbPattern(std::string_view pattern) {
  for (size_t i = 1; i < std::size(kRows); ++i) {
    if (VerbMatches(static_cast<Verb>(i), pattern)) return true;
  }
  return false;
}

}  // namespace postern::sql
