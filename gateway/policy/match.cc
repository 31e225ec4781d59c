#include "gateway/policy/match.h"

#include <algorithm>

namespace postern::policy {
namespace {

bool StartsWithIgnoreCase(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && EqualsIgnoreCase(name.substr(0, prefix.size()), prefix);
}

bool MatchesIgnoreCase(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*')) return StartsWithIgnoreCase(name, pattern.substr(0, pattern.size() - 1));
  return EqualsIgnoreCase(pattern, name);
}

bool HasWildcard(std::string_view pattern) { return pattern.ends_with('*'); }

bool ServerFoldsNames(const SessionFacts& session) { return session.lower_case_table_names.value_or(0) != 0; }

bool MatchesAsServer(std::string_view pattern, std::string_view name, const SessionFacts& session) {
  return ServerFoldsNames(session) ? MatchesIgnoreCase(pattern, name) : Matches(pattern, name);
}

// A server's own schema must be spelled out: "*.*" does not mean mysql.user.
bool CoversSchema(std::string_view pattern, std::string_view schema, const SessionFacts& session) {
  if (schema.empty()) return false;
  if (IsSystemSchema(schema)) return !HasWildcard(pattern) && EqualsIgnoreCase(pattern, schema);
  return MatchesAsServer(pattern, schema, session);
}

bool CoversPlace(const ObjectPattern& pattern, const Place& place, const SessionFacts& session) {
  if (pattern.kind != place.kind) return false;
  if (!place.kind.empty()) return MatchesIgnoreCase(pattern.name, place.name);
  if (!CoversSchema(pattern.schema, place.schema, session)) return false;
  if (place.name == "*") return pattern.name == "*";
  if (IsSystemSchema(place.schema)) return MatchesIgnoreCase(pattern.name, place.name);
  return MatchesAsServer(pattern.name, place.name, session);
}

// One character of a name of UTF-8 at its front, taken off it.
std::string_view TakeCharacter(std::string_view& name) {
  size_t bytes = 1;
  while (bytes < name.size() && (static_cast<unsigned char>(name[bytes]) & 0xC0) == 0x80) ++bytes;
  const std::string_view character = name.substr(0, bytes);
  name.remove_prefix(bytes);
  return character;
}

// Whether a server may take one name for the other. Routines are looked up without accents (`wípe` is wipe), and servers that
// fold names fold letters beyond ASCII, some of them into ASCII (the Kelvin sign into k): each such character may be any.
bool MayBeSame(std::string_view pattern, std::string_view name) {
  const bool prefix_only = HasWildcard(pattern);
  if (prefix_only) pattern.remove_suffix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  while (!pattern.empty() && !name.empty()) {
    const std::string_view a = TakeCharacter(pattern);
    const std::string_view b = TakeCharacter(name);
    if (a.size() == 1 && b.size() == 1 && !EqualsIgnoreCase(a, b)) return false;
  }
  return pattern.empty() && (prefix_only || name.empty());
}

// A use of a whole schema touches each of its objects, unless the schema is only looked at.
bool TouchesPlace(const ObjectPattern& pattern, const Place& place) {
  if (pattern.kind != place.kind) return false;
  if (!place.kind.empty()) return MayBeSame(pattern.name, place.name);
  if (place.schema != "*" && !place.schema.empty() && !MayBeSame(pattern.schema, place.schema)) return false;
  if (place.name == "*") return !place.inspected || pattern.name == "*";
  return MayBeSame(pattern.name, place.name);
}

bool TouchesAny(const Rule& rule, const Demand& demand) {
  if (!demand.has_place) return false;
  return std::any_of(rule.objects.begin(), rule.objects.end(),
                     [&](const ObjectPattern& p) { return TouchesPlace(p, demand.place); });
}

bool NamesVerb(const Rule& rule, sql::Verb verb) {
  return std::any_of(rule.verbs.begin(), rule.verbs.end(),
                     [&](const std::string& p) { return p == "*" || sql::VerbMatches(verb, p); });
}

bool NamesGroup(const Rule& rule, sql::VerbGroup group) {
  return std::find(rule.verbs.begin(), rule.verbs.end(), sql::GroupName(group)) != rule.verbs.end();
}

// Rules with a verb for rows to be changed also let them be locked.
bool LetsRowsBeLocked(const Rule& rule) {
  return NamesVerb(rule, sql::Verb::kUpdate) || NamesVerb(rule, sql::Verb::kDelete) ||
         NamesVerb(rule, sql::Verb::kLock);
}

bool NamesInFull(const Rule& rule, sql::Verb verb) {
  return std::find(rule.verbs.begin(), rule.verbs.end(), sql::VerbName(verb)) != rule.verbs.end();
}

// "set" lets SET but not SET PASSWORD, "drop" lets DROP TABLE but not DROP USER: verbs of accounts and of the server
// are let by their full name or their group only.
bool CoversVerb(const Rule& rule, const Demand& demand) {
  if (demand.lock_only) return LetsRowsBeLocked(rule);
  if (NamesInFull(rule, demand.verb)) return true;
  if (demand.named_exactly) return false;
  const sql::VerbGroup group = sql::GroupOf(demand.verb);
  const bool sensitive = group == sql::VerbGroup::kAccount || group == sql::VerbGroup::kAdmin;
  return sensitive ? NamesGroup(rule, group) : NamesVerb(rule, demand.verb);
}

}  // namespace

bool AppliesTo(const Rule& rule, const SessionFacts& session) {
  return rule.who.Covers(session.agent, session.groups, session.target);
}

bool Covers(const Rule& rule, const Demand& demand, const SessionFacts& session) {
  if (!CoversVerb(rule, demand)) return false;
  if (!demand.has_place || demand.metadata) return true;
  return std::any_of(rule.objects.begin(), rule.objects.end(),
                     [&](const ObjectPattern& p) { return CoversPlace(p, demand.place, session); });
}

bool Denies(const Rule& rule, const sql::Facts& facts, const std::vector<Demand>& demands) {
  const bool names_statement =
      NamesVerb(rule, facts.verb) || NamesGroup(rule, facts.group) || (facts.nested && NamesVerb(rule, *facts.nested));
  if (rule.objects.empty()) {
    if (names_statement) return true;
    return std::any_of(demands.begin(), demands.end(), [&](const Demand& d) { return NamesVerb(rule, d.verb); });
  }
  return std::any_of(demands.begin(), demands.end(), [&](const Demand& d) {
    return (names_statement || NamesVerb(rule, d.verb)) && TouchesAny(rule, d);
  });
}

bool DeniesVerb(const Rule& rule, sql::Verb verb) { return verb != sql::Verb::kUnknown && NamesVerb(rule, verb); }

bool ReachesInto(const Rule& rule, std::string_view schema, const SessionFacts& session) {
  if (IsInformationSchema(schema)) return true;
  return std::any_of(rule.objects.begin(), rule.objects.end(),
                     [&](const ObjectPattern& p) { return p.kind.empty() && CoversSchema(p.schema, schema, session); });
}

}  // namespace postern::policy
