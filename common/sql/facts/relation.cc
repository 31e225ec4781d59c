#include "common/sql/facts/relation.h"

#include <algorithm>

#include "common/sql/ascii.h"

namespace postern::sql {
namespace {

bool HasStar(const Relation& relation) {
  return std::any_of(relation.begin(), relation.end(), [](const OutputColumn& column) { return column.name == "*"; });
}

// All that the relation could offer, behind one "*".
Relation Blurred(const Relation& relation) {
  OutputColumn all;
  all.name = "*";
  all.computed = true;
  for (const OutputColumn& column : relation) {
    for (const ColumnRef& source : column.sources) AddSource(source, all.sources);
  }
  return {all};
}

}  // namespace

void AddSource(const ColumnRef& source, std::vector<ColumnRef>& sources) {
  if (sources.size() >= kMaxSources) return;
  if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
}

bool Find(const Relation& relation, std::string_view name, std::vector<ColumnRef>& sources) {
  bool found = false;
  for (const OutputColumn& column : relation) {
    if (!EqualsIgnoreCase(column.name, name)) continue;
    found = true;
    for (const ColumnRef& source : column.sources) AddSource(source, sources);
  }
  if (found) return true;
  const auto stars = std::count_if(relation.begin(), relation.end(), [](const OutputColumn& c) { return c.name == "*"; });
  for (const OutputColumn& column : relation) {
    if (column.name != "*") continue;
    found = true;
    for (ColumnRef source : column.sources) {
      if (source.name == "*") {
        source.name = std::string(name);
        source.exact = source.exact && stars == 1 && column.sources.size() == 1;
      }
      AddSource(source, sources);
    }
  }
  return found;
}

void Merge(Relation& into, const Relation& other) {
  if (into.size() != other.size() || HasStar(into) || HasStar(other)) {
    into.insert(into.end(), other.begin(), other.end());
    into = Blurred(into);
    return;
  }
  for (size_t i = 0; i < into.size(); ++i) {
    for (const ColumnRef& source : other[i].sources) AddSource(source, into[i].sources);
    into[i].computed |= other[i].computed;
  }
}

void Mix(Relation& relation) {
  const Relation all = Blurred(relation);
  for (OutputColumn& column : relation) {
    column.sources = all[0].sources;
    column.computed = true;
  }
}

void Rename(Relation& relation, const std::vector<std::string>& names) {
  if (names.empty()) return;
  if (HasStar(relation) || relation.size() != names.size()) relation = Relation(names.size(), Blurred(relation)[0]);
  for (size_t i = 0; i < names.size(); ++i) relation[i].name = names[i];
}

}  // namespace postern::sql
