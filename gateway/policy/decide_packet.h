// One packet of an agent may hold several statements where a rule says so: then one decision covers all of them. Pure, any
// thread.
#ifndef POSTERN_GATEWAY_POLICY_DECIDE_PACKET_H_
#define POSTERN_GATEWAY_POLICY_DECIDE_PACKET_H_

#include <vector>

#include "common/sql/facts/facts.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

// The strictest decision on any of the statements. Denied beside what Decide denies: several where no rule allows several;
// a statement among several that changes how the others are read; holds with different terms; and what may change only so
// many rows but could not be undone, because no transaction is open, because it commits, or because it does not say how many
// rows it changed. REQUIRES: at least one statement.
Decision DecidePacket(const Rules& rules, const std::vector<const sql::Facts*>& statements, const SessionFacts& session);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_DECIDE_PACKET_H_
