#include "gateway/policy/match.h"

#include <algorithm>

#include "gateway/policy/columns.h"
#include "gateway/policy/names.h"

namespace postern::policy {
namespace {

bool CoversPlace(const ObjectPattern& pattern, const Place& place, const SessionFacts& session) {
  if (pattern.kind != place.kind) return false;
  if (!place.kind.empty()) return MatchesIgnoreCase(pattern.name, place.name);
  if (!CoversSchema(pattern.schema, place.schema, place.reserved, session)) return false;
  if (place.name == "*") return pattern.name == "*";
  if (place.reserved) return MatchesIgnoreCase(pattern.name, place.name);
  return MatchesAsServer(pattern.name, place.name, session);
}

bool CoversPlace(const ObjectSet& objects, const Place& place, const SessionFacts& session) {
  return objects.Any(place.key, [&](const ObjectPattern& pattern) { return CoversPlace(pattern, place, session); });
}

// A use of a whole schema touches each of its objects, unless the schema is only looked at.
bool TouchesPlace(const ObjectPattern& pattern, const Place& place) {
  if (pattern.kind != place.kind) return false;
  if (!place.kind.empty()) return MayBeSame(pattern.name, place.name);
  if (place.schema != "*" && !place.schema.empty() && !MayBeSame(pattern.schema, place.schema)) return false;
  if (place.name == "*") return !place.inspected || pattern.name == "*";
  return MayBeSame(pattern.name, place.name);
}

bool TouchesAny(const ObjectSet& objects, const Demand& demand) {
  if (!demand.has_place) return false;
  return objects.Any(demand.place.key, [&](const ObjectPattern& pattern) { return TouchesPlace(pattern, demand.place); });
}

// Rules with a verb for rows to be changed also let them be locked.
bool LetsRowsBeLocked(const Rule& rule) {
  return rule.verbs.Names(sql::Verb::kUpdate) || rule.verbs.Names(sql::Verb::kDelete) ||
         rule.verbs.Names(sql::Verb::kLock);
}

// "set" lets SET but not SET PASSWORD, "drop" lets DROP TABLE but not DROP USER: verbs of accounts and of the server
// are let by their full name or their group only.
bool CoversVerb(const Rule& rule, const Demand& demand) {
  if (demand.lock_only) return LetsRowsBeLocked(rule);
  if (rule.verbs.NamesInFull(demand.verb)) return true;
  if (demand.named_exactly) return false;
  const sql::VerbGroup group = sql::GroupOf(demand.verb);
  const bool sensitive = group == sql::VerbGroup::kAccount || group == sql::VerbGroup::kAdmin;
  return sensitive ? rule.verbs.NamesGroup(group) : rule.verbs.Names(demand.verb);
}

bool CoversCall(const Rule& rule, const Demand& demand, const SessionFacts& session) {
  return demand.verb == sql::Verb::kCall && demand.has_place && CoversPlace(rule.calls, demand.place, session);
}

// SET of the rule's variables of the session to literals, and of nothing else.
bool CoversSetting(const Rule& rule, const Demand& demand, const sql::Facts& facts) {
  if (rule.session.empty() || demand.verb != sql::Verb::kSet || demand.has_place) return false;
  bool sets = false;
  for (const sql::VariableUse& use : facts.variables) {
    if (!use.set || !use.value) return false;
    if (use.scope == sql::VariableScope::kUser) continue;
    if (use.scope != sql::VariableScope::kSession) return false;
    if (std::find(rule.session.begin(), rule.session.end(), use.name) == rule.session.end()) return false;
    sets = true;
  }
  return sets;
}

// Rows that a WHERE or a LIMIT could narrow.
bool NarrowsRows(const Demand& demand) {
  if (!demand.has_place || !demand.place.kind.empty() || demand.place.inspected) return false;
  if (demand.lock_only || demand.metadata) return false;
  return demand.verb == sql::Verb::kSelect || demand.verb == sql::Verb::kUpdate || demand.verb == sql::Verb::kDelete;
}

Cover MeetsConditions(const Rule& rule, const Demand& demand, const Asked& asked) {
  const Conditions& wanted = rule.conditions;
  if (NarrowsRows(demand)) {
    const bool has_where = asked.facts.has_where && !asked.facts.constant_true_where;
    if (wanted.require_where && !has_where) return Cover::kWantsWhere;
    if (wanted.require_limit && !asked.facts.has_limit) return Cover::kWantsLimit;
  }
  if (demand.has_place && !wanted.columns.empty() && !CoversColumns(rule, demand, asked.facts, asked.session)) {
    return Cover::kWantsOtherColumns;
  }
  return Cover::kCovers;
}

}  // namespace

bool Clock::Counts(const Rule& rule) {
  if (!rule.when) return true;
  if (now_ == absl::InfinitePast()) return rule.effect != Effect::kAllow;
  if (!zone_ || *zone_ != rule.when->zone) {
    zone_ = rule.when->zone;
    shown_ = WallClock::At(now_, *zone_);
  }
  return rule.when->Contains(shown_);
}

bool AppliesTo(const Rule& rule, const SessionFacts& session) {
  return rule.who.Covers(session.agent, session.groups, session.target) && Clock(session).Counts(rule);
}

Cover CoverOf(const Rule& rule, const Demand& demand, const Asked& asked) {
  if (CoversCall(rule, demand, asked.session) || CoversSetting(rule, demand, asked.facts)) return Cover::kCovers;
  if (!CoversVerb(rule, demand)) return Cover::kNot;
  if (!demand.has_place || demand.metadata) return Cover::kCovers;
  if (!CoversPlace(rule.objects, demand.place, asked.session)) return Cover::kNot;
  return MeetsConditions(rule, demand, asked);
}

bool NamesStatement(const Rule& rule, const sql::Facts& facts) {
  return rule.verbs.Names(facts.verb) || rule.verbs.NamesGroup(facts.group) ||
         (facts.nested && rule.verbs.Names(*facts.nested));
}

bool Denies(const Rule& rule, const Asked& asked, const std::vector<Demand>& demands) {
  const bool calls = std::any_of(demands.begin(), demands.end(), [&](const Demand& d) {
    return d.verb == sql::Verb::kCall && TouchesAny(rule.calls, d);
  });
  if (calls) return true;
  if (!rule.conditions.columns.empty()) return TouchesColumns(rule, asked.facts, demands, asked.session);
  const bool names_statement = NamesStatement(rule, asked.facts);
  if (rule.objects.empty()) {
    if (names_statement) return true;
    return std::any_of(demands.begin(), demands.end(), [&](const Demand& d) { return rule.verbs.Names(d.verb); });
  }
  return std::any_of(demands.begin(), demands.end(), [&](const Demand& d) {
    return (names_statement || rule.verbs.Names(d.verb)) && TouchesAny(rule.objects, d);
  });
}

bool DeniesVerb(const Rule& rule, sql::Verb verb) { return verb != sql::Verb::kUnknown && rule.verbs.Names(verb); }

bool ReachesInto(const Rule& rule, std::string_view schema, const SessionFacts& session) {
  if (IsInformationSchema(schema)) return true;
  const bool reserved = IsSystemSchema(schema);
  const auto reaches = [&](const ObjectPattern& p) {
    return p.kind.empty() && CoversSchema(p.schema, schema, reserved, session);
  };
  return std::any_of(rule.objects.begin(), rule.objects.end(), reaches) ||
         std::any_of(rule.calls.begin(), rule.calls.end(), reaches);
}

}  // namespace postern::policy
