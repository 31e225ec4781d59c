#include "gateway/policy/decide_packet.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>

#include <utility>

#include "gateway/policy/decide.h"

namespace postern::policy {
namespace {

// A packet is read before any of it runs, so nothing in it may change how the rest is read or which schema it means.
bool MovesSession(const sql::Facts& facts) {
  return facts.use_schema || facts.session.charset || facts.session.sql_mode || facts.session.moves_pinned_state ||
         facts.kill;
}

bool MayChangeRows(const sql::Facts& facts) {
  return facts.group == sql::VerbGroup::kWrite || facts.group == sql::VerbGroup::kDdl;
}

bool Commits(const sql::Facts& facts) {
  return facts.implicit_commit || facts.group == sql::VerbGroup::kTransaction;
}

Decision NotUndoable(const Decision& decision, absl::string_view because) {
  return Decision::Deny(builtin::kCondition,
                        absl::StrCat("rule \"", decision.rule(), "\" limits how many rows it may change, ", because));
}

// What may change only so many rows must be undone if it changes more: so it runs in a transaction of the agent's.
Decision Undoable(const sql::Facts& facts, const SessionFacts& session, Decision decision) {
  if (decision.denied() || !decision.limits().max_affected_rows || !MayChangeRows(facts)) return decision;
  if (!facts.outputs.empty() || facts.executes_nested) {
    return NotUndoable(decision, "and a statement that shows what it changes does not say how many those were");
  }
  if (facts.implicit_commit) return NotUndoable(decision, "and what commits by itself cannot be undone");
  if (session.can_undo) return decision;
  return NotUndoable(decision, "which can be undone only in a transaction: send START TRANSACTION first, and COMMIT after it");
}

// Holds are joined only when their terms are the same.
Decision Strictest(Decision a, Decision b) {
  if (a.held() && b.held() && a.terms() != b.terms()) {
    return Decision::Deny(builtin::kConflictingHolds,
                          "statements of one packet are held for different reviewers; send them one by one");
  }
  const StatementLimits of_a = a.limits();
  const StatementLimits of_b = b.limits();
  // What drivers send to start up speaks for nothing else in the packet.
  const bool takes_b = b.effect() > a.effect() || (b.effect() == a.effect() && a.rule() == builtin::kStartup);
  return (takes_b ? std::move(b) : std::move(a)).Within(of_a).Within(of_b);
}

Decision DecideOne(const Rules& rules, const sql::Facts& facts, const SessionFacts& session) {
  return Undoable(facts, session, Decide(rules, facts, session));
}

}  // namespace

Decision DecidePacket(const Rules& rules, const std::vector<const sql::Facts*>& statements, const SessionFacts& session) {
  Decision decision = DecideOne(rules, *statements.front(), session);
  if (statements.size() == 1) return decision;
  if (!MultiStatementsAllowed(rules, session)) {
    return Decision::Deny(builtin::kMultiStatements,
                          "several statements in one packet are not allowed; send them one by one");
  }
  bool commits = false;
  for (const sql::Facts* facts : statements) {
    if (MovesSession(*facts)) {
      return Decision::Deny(builtin::kMultiStatements, "a statement that changes the session must be sent alone");
    }
    decision = Strictest(std::move(decision), DecideOne(rules, *facts, session));
    commits |= Commits(*facts);
  }
  if (commits && !decision.denied() && decision.limits().max_affected_rows) {
    return Decision::Deny(builtin::kCondition,
                          "what may change only so many rows is not sent in one packet with what commits it");
  }
  return decision;
}

}  // namespace postern::policy
