#include "common/sql/dialect.h"

#include "common/sql/ascii.h"

namespace postern::sql {
namespace {

constexpr SqlMode kAnsiLike{.ansi_quotes = true, .ignore_space = true, .pipes_as_concat = true};

struct ModeRow {
  std::string_view name;
  SqlMode mode;
};

// Every mode either vendor knows. Those that do not change how text is read have an empty SqlMode.
constexpr ModeRow kModes[] = {
    {"REAL_AS_FLOAT", {}},
    {"PIPES_AS_CONCAT", {.pipes_as_concat = true}},
    {"ANSI_QUOTES", {.ansi_quotes = true}},
    {"IGNORE_SPACE", {.ignore_space = true}},
    {"IGNORE_BAD_TABLE_OPTIONS", {}},
    {"ONLY_FULL_GROUP_BY", {}},
    {"NO_UNSIGNED_SUBTRACTION", {}},
    {"NO_DIR_IN_CREATE", {}},
    {"POSTGRESQL", kAnsiLike},
    {"ORACLE", {.ansi_quotes = true, .ignore_space = true, .pipes_as_concat = true, .oracle = true}},
    {"MSSQL", {.ansi_quotes = true, .ignore_space = true, .pipes_as_concat = true, .mssql = true}},
    {"DB2", kAnsiLike},
    {"MAXDB", kAnsiLike},
    {"NO_KEY_OPTIONS", {}},
    {"NO_TABLE_OPTIONS", {}},
    {"NO_FIELD_OPTIONS", {}},
    {"MYSQL323", {.high_not_precedence = true}},
    {"MYSQL40", {.high_not_precedence = true}},
    {"ANSI", kAnsiLike},
    {"NO_AUTO_VALUE_ON_ZERO", {}},
    {"NO_BACKSLASH_ESCAPES", {.no_backslash_escapes = true}},
    {"STRICT_TRANS_TABLES", {}},
    {"STRICT_ALL_TABLES", {}},
    {"NO_ZERO_IN_DATE", {}},
    {"NO_ZERO_DATE", {}},
    {"ALLOW_INVALID_DATES", {}},
    {"ERROR_FOR_DIVISION_BY_ZERO", {}},
    {"TRADITIONAL", {}},
    {"NO_AUTO_CREATE_USER", {}},
    {"HIGH_NOT_PRECEDENCE", {.high_not_precedence = true}},
    {"NO_ENGINE_SUBSTITUTION", {}},
    {"PAD_CHAR_TO_FULL_LENGTH", {}},
    {"TIME_ROUND_FRACTIONAL", {}},
    {"EMPTY_STRING_IS_NULL", {}},
    {"SIMULTANEOUS_ASSIGNMENT", {}},
    {"TIME_TRUNCATE_FRACTIONAL", {}},
};

void Add(const SqlMode& more, SqlMode& mode) {
  mode.ansi_quotes |= more.ansi_quotes;
  mode.no_backslash_escapes |= more.no_backslash_escapes;
  mode.ignore_space |= more.ignore_space;
  mode.pipes_as_concat |= more.pipes_as_concat;
  mode.high_not_precedence |= more.high_not_precedence;
  mode.oracle |= more.oracle;
  mode.mssql |= more.mssql;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<SqlMode> ParseSqlMode(std::string_view value) {
  SqlMode mode;
  while (!value.empty()) {
    const size_t comma = value.find(',');
    const std::string_view name = Trimmed(value.substr(0, comma));
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    bool known = name.empty();
    for (const ModeRow& row : kModes) {
      if (!EqualsIgnoreCase(row.name, name)) continue;
      Add(row.mode, mode);
      known = true;
      break;
    }
    if (!known) return std::nullopt;
  }
  return mode;
}

Charset CharsetFromName(std::string_view name) {
  struct Row {
    std::string_view name;
    Charset charset;
  };
  static constexpr Row kRows[] = {
      {"utf8mb4", Charset::kUtf8mb4}, {"utf8mb3", Charset::kUtf8mb3}, {"utf8", Charset::kUtf8mb3},
      {"latin1", Charset::kLatin1},   {"ascii", Charset::kAscii},     {"binary", Charset::kBinary},
  };
  for (const Row& row : kRows) {
    if (EqualsIgnoreCase(row.name, name)) return row.charset;
  }
  return Charset::kUnsafe;
}

std::string_view CharsetName(Charset charset) {
  switch (charset) {
    case Charset::kUtf8mb4: return "utf8mb4";
    case Charset::kUtf8mb3: return "utf8mb3";
    case Charset::kLatin1: return "latin1";
    case Charset::kAscii: return "ascii";
    case Charset::kBinary: return "binary";
    case Charset::kUnsafe: return "unsafe";
  }
  return "unsafe";
}

}  // namespace postern::sql
