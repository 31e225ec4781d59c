#include "gateway/policy/load_names.h"

#include <algorithm>

#include "common/config/cat.h"
#include "common/sql/facts/facts.h"

namespace postern::policy {
namespace {

using config::Cat;
using config::Section;

// A star stands at the end or nowhere.
bool IsNamePattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  return !pattern.empty() && (star == std::string_view::npos || star == pattern.size() - 1);
}

bool IsKind(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(sql::ObjectKind::kVariable); ++i) {
    if (sql::ObjectKindName(static_cast<sql::ObjectKind>(i)) == name) return true;
  }
  return false;
}

std::optional<ObjectPattern> ParseObject(std::string_view text) {
  if (text == "*") return ObjectPattern{"", "*", "*"};
  const bool outside = text.starts_with('@');
  if (outside) text.remove_prefix(1);
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, dot);
  const std::string_view second = text.substr(dot + 1);
  if (!IsNamePattern(first) || !IsNamePattern(second)) return std::nullopt;
  if (outside && !IsKind(first)) return std::nullopt;
  if (outside) return ObjectPattern{std::string(first), "", std::string(second)};
  if (second.find('.') != std::string_view::npos) return std::nullopt;
  return ObjectPattern{"", std::string(first), std::string(second)};
}

std::optional<ColumnPattern> ParseColumn(std::string_view text) {
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  ColumnPattern column{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
                       std::string(text.substr(second + 1))};
  if (!IsNamePattern(column.schema) || !IsNamePattern(column.table) || !IsNamePattern(column.column)) return std::nullopt;
  return column;
}

// A list that may be left out but not be empty, and not be without end.
std::vector<std::string> ReadList(Section& section, std::string_view key) {
  std::vector<std::string> texts = section.Strings(key, {});
  if (section.Has(key) && texts.empty()) section.Report(key, "is empty; leave it out");
  if (texts.size() > kMaxPatterns) {
    section.Report(key, Cat("has more than ", kMaxPatterns, " entries; use a *"));
    texts.clear();
  }
  return texts;
}

}  // namespace

std::vector<std::string> ReadPatterns(Section& section, std::string_view key) {
  std::vector<std::string> patterns = ReadList(section, key);
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (!IsNamePattern(patterns[i])) section.ReportItem(key, i, "a * may stand only at the end");
  }
  return patterns;
}

Who ReadWho(Section& section) {
  Who who;
  who.agents = ReadPatterns(section, "agents");
  who.groups = ReadPatterns(section, "groups");
  if (who.agents.empty() && who.groups.empty()) section.Report("", "needs agents, groups or both");
  if (section.Strings("targets").empty()) return who;
  who.targets = ReadPatterns(section, "targets");
  return who;
}

// An empty list is no way to say nobody.
Who ReadOptionalWho(Section& section) {
  Who who;
  who.agents = ReadPatterns(section, "agents");
  who.groups = ReadPatterns(section, "groups");
  who.targets = ReadPatterns(section, "targets");
  if (!section.Has("agents") && !section.Has("groups")) who.agents = {"*"};
  if (!section.Has("targets")) who.targets = {"*"};
  return who;
}

bool IsPlainName(std::string_view name) {
  return name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

ObjectSet ReadObjects(Section& section) {
  ObjectSet objects;
  const std::vector<std::string> texts = ReadList(section, "objects");
  for (size_t i = 0; i < texts.size(); ++i) {
    std::optional<ObjectPattern> object = ParseObject(texts[i]);
    if (!object) {
      section.ReportItem("objects", i, "expected schema.table, schema.*, * or @kind.name");
    } else {
      objects.Add(*std::move(object));
    }
  }
  return objects;
}

std::vector<ColumnPattern> ReadColumns(Section& section) {
  std::vector<ColumnPattern> columns;
  const std::vector<std::string> texts = ReadList(section, "columns");
  for (size_t i = 0; i < texts.size(); ++i) {
    std::optional<ColumnPattern> column = ParseColumn(texts[i]);
    if (!column) {
      section.ReportItem("columns", i, "expected schema.table.column, each with at most a * at its end");
    } else {
      columns.push_back(*std::move(column));
    }
  }
  return columns;
}

ObjectSet ReadCalls(Section& section) {
  ObjectSet calls;
  const std::vector<std::string> routines = ReadList(section, "routines");
  for (size_t i = 0; i < routines.size(); ++i) {
    std::optional<ObjectPattern> routine = ParseObject(routines[i]);
    if (!routine || !routine->kind.empty() || routine->schema.ends_with('*')) {
      section.ReportItem("routines", i, "expected schema.name or schema.prefix*");
    } else {
      calls.Add(*std::move(routine));
    }
  }
  const std::vector<std::string> functions = ReadList(section, "functions");
  for (size_t i = 0; i < functions.size(); ++i) {
    if (!IsNamePattern(functions[i]) || functions[i] == "*" || functions[i].find('.') != std::string::npos) {
      section.ReportItem("functions", i, "expected the name of a function without its schema");
    } else {
      calls.Add({"function", "", functions[i]});
    }
  }
  return calls;
}

}  // namespace postern::policy
