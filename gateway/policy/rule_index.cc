#include "gateway/policy/rule_index.h"

#include <algorithm>

namespace postern::policy {
namespace {

void Collect(const RulesByKey& rules, uint64_t key, RuleBits& into) {
  if (const auto found = rules.find(key); found != rules.end()) into |= found->second;
}

}  // namespace

RuleBits& RuleBits::operator|=(const RuleBits& other) {
  for (size_t i = 0; i < used_; ++i) words_[i] |= other.words_[i];
  return *this;
}

RuleBits& RuleBits::operator&=(const RuleBits& other) {
  for (size_t i = 0; i < used_; ++i) words_[i] &= other.words_[i];
  return *this;
}

void RulesByName::Add(const std::string& pattern, size_t rule) {
  if (!pattern.ends_with('*')) return exact_.try_emplace(pattern, rules_).first->second.Add(rule);
  const auto known = std::find_if(wild_.begin(), wild_.end(), [&](const auto& entry) { return entry.first == pattern; });
  if (known != wild_.end()) return known->second.Add(rule);
  wild_.emplace_back(pattern, rules_).second.Add(rule);
}

void RulesByName::Collect(std::string_view name, RuleBits& into) const {
  if (const auto found = exact_.find(name); found != exact_.end()) into |= found->second;
  for (const auto& [pattern, rules] : wild_) {
    if (Matches(pattern, name)) into |= rules;
  }
}

RuleIndex::RuleIndex(const std::vector<Rule>& rules)
    : rules_(rules.size()),
      agents_(rules_),
      groups_(rules_),
      targets_(rules_),
      by_verb_(sql::kVerbCount, RuleBits(rules_)),
      by_group_(8, RuleBits(rules_)),
      anywhere_(rules_),
      calls_(rules_),
      settings_(rules_),
      all_(rules_) {
  for (size_t i = 0; i < rules.size(); ++i) AddRule(rules[i], i);
}

void RuleIndex::AddRule(const Rule& rule, size_t number) {
  for (const std::string& agent : rule.who.agents) agents_.Add(agent, number);
  for (const std::string& group : rule.who.groups) groups_.Add(group, number);
  for (const std::string& target : rule.who.targets) targets_.Add(target, number);
  AddVerbs(rule, number);
  AddObjects(rule, number);
  if (!rule.calls.empty()) calls_.Add(number);
  if (!rule.session.empty()) settings_.Add(number);
  all_.Add(number);
}

void RuleIndex::AddVerbs(const Rule& rule, size_t number) {
  for (size_t i = 0; i < sql::kVerbCount; ++i) {
    if (rule.verbs.Names(static_cast<sql::Verb>(i))) by_verb_[i].Add(number);
  }
  for (size_t i = 0; i < by_group_.size(); ++i) {
    if (rule.verbs.NamesGroup(static_cast<sql::VerbGroup>(i))) by_group_[i].Add(number);
  }
}

void RuleIndex::AddObjects(const Rule& rule, size_t number) {
  if (rule.objects.empty() || !rule.conditions.columns.empty()) anywhere_.Add(number);
  for (const ObjectPattern& object : rule.objects) {
    const NameKey key = NameKey::Of(object.schema, object.name);
    if (!object.kind.empty() || object.schema.ends_with('*') || !key.exists) {
      anywhere_.Add(number);
      continue;
    }
    const bool pattern = object.name.ends_with('*');
    schemas_.try_emplace(key.schema, rules_).first->second.Add(number);
    (pattern ? schema_patterns_ : objects_).try_emplace(pattern ? key.schema : key.object, rules_).first->second.Add(number);
  }
}

RuleBits RuleIndex::ForSession(const SessionFacts& session) const {
  RuleBits who(rules_);
  agents_.Collect(session.agent, who);
  for (const std::string& group : session.groups) groups_.Collect(group, who);
  RuleBits where(rules_);
  targets_.Collect(session.target, where);
  return who &= where;
}

RuleBits RuleIndex::ByVerbs(const sql::Facts& facts, const std::vector<Demand>& demands) const {
  const auto of = [&](sql::Verb verb) -> const RuleBits& { return by_verb_[static_cast<size_t>(verb)]; };
  RuleBits rules = of(facts.verb);
  rules |= by_group_[static_cast<size_t>(facts.group)];
  if (facts.nested) rules |= of(*facts.nested);
  if (!facts.columns.empty()) rules |= of(sql::Verb::kSelect);
  for (const Demand& demand : demands) {
    rules |= of(demand.verb);
    if (demand.lock_only) {
      rules |= of(sql::Verb::kUpdate);
      rules |= of(sql::Verb::kDelete);
      rules |= of(sql::Verb::kLock);
    }
  }
  return rules;
}

void RuleIndex::CollectPlace(const Demand& demand, RuleBits& into) const {
  const Place& place = demand.place;
  if (!demand.has_place || demand.metadata || place.schema.empty() || place.schema == "*") {
    into |= all_;
  } else if (place.key.exists) {
    Collect(objects_, place.key.object, into);
    Collect(schema_patterns_, place.key.schema, into);
  } else if (const NameKey whole = NameKey::Of(place.schema, ""); place.name == "*" && whole.exists) {
    Collect(schemas_, whole.schema, into);
  } else {
    into |= all_;
  }
}

RuleBits RuleIndex::ForStatement(const sql::Facts& facts, const std::vector<Demand>& demands) const {
  RuleBits objects = anywhere_;
  bool calls = false;
  for (const Demand& demand : demands) {
    CollectPlace(demand, objects);
    calls |= demand.verb == sql::Verb::kCall;
  }
  RuleBits rules = ByVerbs(facts, demands);
  rules &= objects;
  if (calls) rules |= calls_;
  if (facts.verb == sql::Verb::kSet) rules |= settings_;
  return rules;
}

void IndexRules(Rules& rules) {
  rules.index = rules.rules.size() <= RuleBits::kMostRules ? std::make_shared<const RuleIndex>(rules.rules) : nullptr;
}

}  // namespace postern::policy
