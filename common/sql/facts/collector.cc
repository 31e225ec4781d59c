#include "common/sql/facts/collector.h"

#include <algorithm>

namespace postern::sql {
namespace {

constexpr size_t kShortList = 64;
constexpr size_t kFirstFacts = 4;
constexpr size_t kFirstColumns = 16;

}  // namespace

Facts Collector::Collect(const Statement& statement) {
  Visit(statement);
  facts_.parameters = statement.parameters;
  facts_.group = GroupOf(facts_.verb);
  JudgeGroup();
  facts_.session.harmless_startup = IsHarmlessStartup(statement);
  return std::move(facts_);
}

void Collector::Visit(const Statement& statement) {
  std::visit([this](const auto* shape) { VisitShape(*shape); }, statement.any);
}

// Facts are lists without repetition. Short ones are searched, long ones go by a key that spells out all of a fact.
template <typename Use, typename KeyOf>
void Collector::Add(Use use, std::vector<Use>& list, KeyOf key_of) {
  if (list.size() < kShortList) {
    if (std::find(list.begin(), list.end(), use) != list.end()) return;
    if (list.empty()) list.reserve(kFirstFacts);
  } else {
    if (list.size() == kShortList) {
      for (const Use& known : list) seen_.insert(key_of(known));
    }
    if (!seen_.insert(key_of(use)).second) return;
  }
  list.push_back(std::move(use));
}

void Collector::AddObject(ObjectKind kind, Access access, const ObjectName& name) {
  AddObject(kind, access, name.schema.empty() ? default_schema_ : Unquote(name.schema), Unquote(name.name));
}

void Collector::AddObject(ObjectKind kind, Access access, std::string schema, std::string name) {
  if (nested_explain_ && access != Access::kRead) access = Access::kInspect;
  Add({kind, std::move(schema), std::move(name), access}, facts_.objects, [](const ObjectUse& use) {
    std::string key = "o";
    key += static_cast<char>('A' + static_cast<int>(use.kind));
    key += static_cast<char>('A' + static_cast<int>(use.access));
    key += use.schema;
    key += '\0';
    key += use.name;
    return key;
  });
}

void Collector::AddFunction(FunctionUse use) {
  Add(std::move(use), facts_.functions, [](const FunctionUse& u) {
    std::string key = "f";
    key += static_cast<char>('A' + static_cast<int>(u.cls));
    key += u.window ? 'w' : '-';
    key += u.schema;
    key += '\0';
    key += u.name;
    return key;
  });
}

void Collector::AddColumn(const ColumnRef& column, ColumnRole role) {
  if (facts_.columns.size() >= kMaxColumnFacts) {
    facts_.columns_cut = true;
    return;
  }
  // Most are met again, and need no copy to be found.
  if (facts_.columns.size() < kShortList) {
    const auto same = [&](const ColumnUse& use) { return use.role == role && use.column == column; };
    if (std::any_of(facts_.columns.begin(), facts_.columns.end(), same)) return;
    if (facts_.columns.empty()) facts_.columns.reserve(kFirstColumns);
  }
  Add({column, role}, facts_.columns, [](const ColumnUse& use) {
    std::string key = "c";
    key += static_cast<char>('A' + static_cast<int>(use.role));
    key += use.column.exact ? '=' : '?';
    key += use.column.schema;
    key += '\0';
    key += use.column.table;
    key += '\0';
    key += use.column.name;
    return key;
  });
}

void Collector::AddVariable(VariableUse use) {
  Add(std::move(use), facts_.variables, [](const VariableUse& u) {
    std::string key = "v";
    key += static_cast<char>('A' + static_cast<int>(u.scope));
    key += u.set ? 's' : 'r';
    key += u.name;
    if (u.value) key += '\0' + *u.value;
    return key;
  });
}

}  // namespace postern::sql
