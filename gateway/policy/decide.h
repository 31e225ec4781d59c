// Rules x facts -> decision: pure functions without clock, log or I/O, the same for the same input on any thread.
//
// Deny beats hold beats allow; what nothing allows is denied; the order of rules never matters.
#ifndef POSTERN_GATEWAY_POLICY_DECIDE_H_
#define POSTERN_GATEWAY_POLICY_DECIDE_H_

#include <string_view>

#include "common/sql/facts/facts.h"
#include "common/sql/parse_error.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

// A KILL that is allowed by rule `kill` names a connection: the caller resolves it among the agent's own sessions and
// never forwards its text.
Decision Decide(const Rules& rules, const sql::Facts& facts, const SessionFacts& session) noexcept;

// For a statement that was not read: always denied; by the deny rule that its first words suggest if there is one.
Decision RefuseUnparsed(const Rules& rules, const SessionFacts& session, const sql::ParseError& error) noexcept;

// For COM_INIT_DB and the schema of a login, as USE would be decided.
Decision DecideUse(const Rules& rules, const SessionFacts& session, std::string_view schema) noexcept;

// Whether a rule lets the agent do anything in the schema.
bool SchemaVisible(const Rules& rules, const SessionFacts& session, std::string_view schema) noexcept;

// Whether a rule that applies to the session says `multi_statements: true`.
bool MultiStatementsAllowed(const Rules& rules, const SessionFacts& session) noexcept;

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_DECIDE_H_
