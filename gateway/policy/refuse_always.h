// What no policy can let, because nobody could say what it does. Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_REFUSE_ALWAYS_H_
#define POSTERN_GATEWAY_POLICY_REFUSE_ALWAYS_H_

#include <optional>

#include "common/sql/facts/facts.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

std::optional<Decision> RefuseAlways(const sql::Facts& facts, const SessionFacts& session);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_REFUSE_ALWAYS_H_
