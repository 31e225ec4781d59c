#include "gateway/policy/columns.h"

#include <algorithm>

#include "gateway/policy/match.h"
#include "gateway/policy/names.h"

namespace postern::policy {
namespace {

std::string_view SchemaOf(const sql::ColumnRef& column, const SessionFacts& session) {
  return column.schema.empty() ? std::string_view(session.default_schema) : std::string_view(column.schema);
}

// One name of a statement and a name or pattern: in doubt they meet.
bool MayMeet(std::string_view pattern, std::string_view name) {
  return name.empty() || name == "*" || pattern.empty() || MayBeSame(pattern, name);
}

// A whole row goes or comes, whatever columns the statement names.
bool TakesWholeRows(sql::Verb verb) { return verb == sql::Verb::kDelete || verb == sql::Verb::kReplace; }

bool CoversColumn(const ColumnPattern& pattern, const Place& place, std::string_view column, const SessionFacts& session) {
  if (!CoversSchema(pattern.schema, place.schema, place.reserved, session)) return false;
  if (!MatchesAsServer(pattern.table, place.name, session)) return false;
  return column == "*" ? pattern.column == "*" : MatchesIgnoreCase(pattern.column, column);
}

bool TouchesTable(const ColumnPattern& pattern, const Place& place) {
  return place.kind.empty() && MayMeet(pattern.schema, place.schema) && MayMeet(pattern.table, place.name);
}

bool TouchesColumn(const ColumnPattern& pattern, const sql::ColumnRef& column, const SessionFacts& session) {
  return MayMeet(pattern.schema, SchemaOf(column, session)) && MayMeet(pattern.table, column.table) &&
         MayMeet(pattern.column, column.name);
}

// Reading a value is select, whatever the verb around it is called.
bool NamesUse(const Rule& rule, const sql::ColumnUse& use) {
  return use.role != sql::ColumnRole::kAssigned && rule.verbs.Names(sql::Verb::kSelect);
}

}  // namespace

bool CoversColumns(const Rule& rule, const Demand& demand, const sql::Facts& facts, const SessionFacts& session) {
  const Place& place = demand.place;
  if (!place.kind.empty() || place.inspected || demand.lock_only) return true;
  if (!FollowsColumns(facts)) return false;
  const auto covered = [&](std::string_view column) {
    return std::any_of(rule.conditions.columns.begin(), rule.conditions.columns.end(),
                       [&](const ColumnPattern& pattern) { return CoversColumn(pattern, place, column, session); });
  };
  if (TakesWholeRows(demand.verb) && !covered("*")) return false;
  return std::all_of(facts.columns.begin(), facts.columns.end(), [&](const sql::ColumnUse& use) {
    const bool elsewhere =
        !MayMeet(place.schema, SchemaOf(use.column, session)) || !MayMeet(place.name, use.column.table);
    return elsewhere || (!use.column.table.empty() && covered(use.column.name));
  });
}

bool TouchesColumns(const Rule& rule, const sql::Facts& facts, const std::vector<Demand>& demands,
                    const SessionFacts& session) {
  const bool names_statement = NamesStatement(rule, facts);
  const auto any_pattern = [&](const auto& test) {
    return std::any_of(rule.conditions.columns.begin(), rule.conditions.columns.end(), test);
  };
  const bool follows = FollowsColumns(facts);
  bool names_demand = false;
  for (const Demand& demand : demands) {
    if (!demand.has_place || demand.place.inspected || demand.metadata) continue;
    if (!names_statement && !rule.verbs.Names(demand.verb)) continue;
    if (!any_pattern([&](const ColumnPattern& pattern) { return TouchesTable(pattern, demand.place); })) continue;
    names_demand = true;
    if (!follows || TakesWholeRows(demand.verb)) return true;
  }
  return std::any_of(facts.columns.begin(), facts.columns.end(), [&](const sql::ColumnUse& use) {
    if (!names_statement && !names_demand && !NamesUse(rule, use)) return false;
    return any_pattern([&](const ColumnPattern& pattern) { return TouchesColumn(pattern, use.column, session); });
  });
}

}  // namespace postern::policy
