// What a statement needs to be let: one demand for each use of an object, each function that may do harm, and the
// statement itself. Views into the facts and the session, which must outlive them. Pure, any thread. Inside this folder
// only.
#ifndef POSTERN_GATEWAY_POLICY_DEMAND_H_
#define POSTERN_GATEWAY_POLICY_DEMAND_H_

#include <string_view>
#include <vector>

#include "common/sql/facts/facts.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/object_set.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

// Where an object lives.
struct Place {
  std::string_view kind;    // of what lives in no schema: "user", "variable", ...; else empty
  std::string_view schema;  // with the default schema filled in; empty if there is none
  std::string_view name;    // "*": all of the schema
  bool inspected = false;   // only its definition or existence is looked at
  bool reserved = false;    // the schema is the server's own
  NameKey key;              // does not exist where more than one object in one schema is meant
};

struct Demand {
  sql::Verb verb = sql::Verb::kUnknown;
  bool has_place = false;  // false: the statement as such, wherever
  Place place;
  bool named_exactly = false;  // the verb's group or first word does not suffice
  bool lock_only = false;      // any rule that lets rows be changed will do
  bool guarded_only = false;   // needs no rule that lets it; those that deny or hold it count
  bool metadata = false;       // the server shows it to everybody: only deny rules look at the place
  std::string_view otherwise = builtin::kDefault;  // the rule that refuses when nothing covers it
};

// The verb that runs: of EXPLAIN ANALYZE the explained one.
sql::Verb RunningVerb(const sql::Facts& facts);

std::vector<Demand> DemandsOf(const sql::Facts& facts, const SessionFacts& session);

// mysql, performance_schema, sys, information_schema and what else servers keep for themselves.
bool IsSystemSchema(std::string_view schema);
bool IsInformationSchema(std::string_view schema);

// Whether the statement's use of columns is followed, so that Facts::columns has every one of them.
bool FollowsColumns(const sql::Facts& facts);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_DEMAND_H_
