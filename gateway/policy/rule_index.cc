#include "gateway/policy/rule_index.h"

#include <algorithm>

namespace postern::policy {

RuleBits& RuleBits::operator|=(const RuleBits& other) {
  for (size_t i = 0; i < used_; ++i) words_[i] |= other.words_[i];
  return *this;
}

RuleBits& RuleBits::operator&=(const RuleBits& other) {
  for (size_t i = 0; i < used_; ++i) words_[i] &= other.words_[i];
  return *this;
}

void RulesByName::AddExact(std::string_view name, size_t rule) {
  exact_.try_emplace(std::string(name), rules_).first->second.Add(rule);
}

void RulesByName::Add(const std::string& pattern, size_t rule) {
  if (!pattern.ends_with('*')) return AddExact(pattern, rule);
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
      by_verb_(kVerbs, RuleBits(rules_)),
      by_group_(8, RuleBits(rules_)),
      objects_(rules_),
      schemas_(rules_),
      schema_patterns_(rules_),
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
  for (size_t i = 0; i < kVerbs; ++i) {
    if (rule.verbs.Names(static_cast<sql::Verb>(i))) by_verb_[i].Add(number);
  }
  for (size_t i = 0; i < by_group_.size(); ++i) {
    if (rule.verbs.NamesGroup(static_cast<sql::VerbGroup>(i))) by_group_[i].Add(number);
  }
}

void RuleIndex::AddObjects(const Rule& rule, size_t number) {
  if (rule.objects.empty() || !rule.conditions.columns.empty()) anywhere_.Add(number);
  for (const ObjectPattern& object : rule.objects) {
    const FoldedKey key(object.schema, object.name);
    if (!object.kind.empty() || object.schema.ends_with('*') || !key.exists()) {
      anywhere_.Add(number);
    } else {
      schemas_.AddExact(key.schema(), number);
      if (object.name.ends_with('*')) {
        schema_patterns_.AddExact(key.schema(), number);
      } else {
        objects_.AddExact(key.text(), number);
      }
    }
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
  const FoldedKey key(place.schema, place.name);
  if (!demand.has_place || demand.metadata || place.schema.empty() || place.schema == "*" || !key.exists()) {
    into |= all_;
  } else if (place.name == "*") {
    schemas_.Collect(key.schema(), into);
  } else {
    objects_.Collect(key.text(), into);
    schema_patterns_.Collect(key.schema(), into);
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
