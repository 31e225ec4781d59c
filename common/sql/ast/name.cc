#include "common/sql/ast/name.h"

namespace postern::sql {
namespace {

// What a backslash and this character stand for in a string.
char Escaped(char c) {
  switch (c) {
    case '0': return '\0';
    case 'b': return '\b';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'Z': return 0x1A;
    default: return c;
  }
}

}  // namespace

std::string Unquote(const Name& name) {
  if (name.raw.size() < 2 || (name.raw.front() != '`' && name.raw.front() != '"' && name.raw.front() != '\'')) {
    return std::string(name.raw);
  }
  return UnquoteString(name.raw, name.raw.front() != '\'');
}

std::string UnquoteString(std::string_view raw, bool no_backslash_escapes) {
  if (!raw.empty() && (raw.front() == 'N' || raw.front() == 'n')) raw.remove_prefix(1);
  if (raw.size() < 2) return std::string(raw);
  const char quote = raw.front();
  std::string out;
  for (size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == quote) {
      ++i;
    } else if (raw[i] == '\\' && !no_backslash_escapes && i + 2 < raw.size()) {
      out += Escaped(raw[++i]);
      continue;
    }
    out += raw[i];
  }
  return out;
}

}  // namespace postern::sql
