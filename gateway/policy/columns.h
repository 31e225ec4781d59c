// What a rule's `columns` say of the columns that a statement uses. What the statement may be using counts as used: `*`, a bare
// name that could be any table's, and everything where its columns are not followed. Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_COLUMNS_H_
#define POSTERN_GATEWAY_POLICY_COLUMNS_H_

#include <vector>

#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

// Whether the rule's columns cover all that is used of the object of the demand. REQUIRES: the rule has columns.
bool CoversColumns(const Rule& rule, const Demand& demand, const sql::Facts& facts, const SessionFacts& session);

// Whether the statement, whose demands are given, touches one of the rule's columns by a verb that the rule names.
bool TouchesColumns(const Rule& rule, const sql::Facts& facts, const std::vector<Demand>& demands,
                    const SessionFacts& session);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_COLUMNS_H_
