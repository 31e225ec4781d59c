#include "common/sql/facts/collector.h"

namespace postern::sql {

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

// Facts are lists without repetition; the key spells out all of a fact.
bool Collector::FirstTime(const std::string& key) { return seen_.insert(key).second; }

void Collector::AddObject(ObjectKind kind, Access access, const ObjectName& name) {
  AddObject(kind, access, Unquote(name.schema), Unquote(name.name));
}

void Collector::AddObject(ObjectKind kind, Access access, std::string schema, std::string name) {
  if (nested_explain_ && access != Access::kRead) access = Access::kInspect;
  for (const ObjectUse& known : facts_.objects) {
    if (facts_.objects.size() > 16) break;
    if (known.kind == kind && known.access == access && known.schema == schema && known.name == name) return;
  }
  std::string key = "o";
  key += static_cast<char>('A' + static_cast<int>(kind));
  key += static_cast<char>('A' + static_cast<int>(access));
  key += schema;
  key += '\0';
  key += name;
  if (!FirstTime(key)) return;
  facts_.objects.push_back({kind, std::move(schema), std::move(name), access});
}

void Collector::AddFunction(FunctionUse use) {
  std::string key = "f";
  key += static_cast<char>('A' + static_cast<int>(use.cls));
  key += use.window ? 'w' : '-';
  key += use.schema;
  key += '\0';
  key += use.name;
  if (!FirstTime(key)) return;
  facts_.functions.push_back(std::move(use));
}

void Collector::AddVariable(VariableUse use) {
  std::string key = "v";
  key += static_cast<char>('A' + static_cast<int>(use.scope));
  key += use.set ? 's' : 'r';
  key += use.name;
  if (use.value) {
    key += '\0';
    key += *use.value;
  }
  if (!FirstTime(key)) return;
  facts_.variables.push_back(std::move(use));
}

}  // namespace postern::sql
