#include "common/sql/facts/collector.h"

#include <algorithm>

namespace postern::sql {
namespace {

constexpr size_t kShortList = 64;
constexpr size_t kFirstFacts = 4;

}  // namespace

Facts Collector::Collect(const Statement& statement) {
  Visit(statement);
  TakeColumnFacts();
  facts_.resolved = known_.schema != nullptr;
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
  AddObject(kind, access, name.schema.empty() ? std::string(default_schema_) : Unquote(name.schema), Unquote(name.name));
}

void Collector::AddObject(ObjectKind kind, Access access, std::string schema, std::string name) {
  if (nested_explain_ && access != Access::kRead) access = Access::kInspect;
  keeps_ |= access != Access::kRead && access != Access::kInspect && kind != ObjectKind::kFunction;
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
  keeps_ |= use.cls >= FunctionClass::kSleepsOrLocks && use.cls != FunctionClass::kUnknown;
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

// From views into the text to facts that outlive it.
void Collector::TakeColumnFacts() {
  facts_.columns.reserve(facts_.columns.size() + used_.size());
  for (const ColumnUsed& use : used_) facts_.columns.push_back({RefOf(lineage_[use.column]), use.role, use.only_compared, use.transformed});
  used_.clear();
}

void Collector::TakeOutputs(const Relation& relation) {
  facts_.outputs.reserve(relation.size);
  for (const RelationColumn& column : relation) {
    OutputColumn output{std::string(column.any ? "*" : column.name), {}, column.computed, false};
    output.sources.reserve(column.flows.size);
    for (const Flow& flow : column.flows) {
      if (lineage_.IsConstant(flow.column)) {
        output.constant = true;
      } else {
        output.sources.push_back({RefOf(lineage_[flow.column]), flow.how});
      }
    }
    facts_.outputs.push_back(std::move(output));
  }
}

void Collector::AddVariable(VariableUse use) {
  keeps_ |= use.set;
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
