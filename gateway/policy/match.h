// Whether a rule speaks of something: narrowly for rules that let (every doubt is no), widely for rules that deny
// (every doubt is yes). Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_MATCH_H_
#define POSTERN_GATEWAY_POLICY_MATCH_H_

#include <vector>

#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

bool AppliesTo(const Rule& rule, const SessionFacts& session);

// Whether a rule that allows or holds covers the demand.
bool Covers(const Rule& rule, const Demand& demand, const SessionFacts& session);

// Whether a rule that denies speaks of the statement. `demands` are those of the facts.
bool Denies(const Rule& rule, const sql::Facts& facts, const std::vector<Demand>& demands);
// The same for what is known of a statement that was not read: its likely verb.
bool DeniesVerb(const Rule& rule, sql::Verb verb);

// Whether the rule covers anything in the schema.
bool ReachesInto(const Rule& rule, std::string_view schema, const SessionFacts& session);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_MATCH_H_
