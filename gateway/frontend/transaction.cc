#include "gateway/frontend/transaction.h"

#include <absl/time/clock.h>

#include <utility>

namespace postern::frontend {

bool MayEndTransaction(const sql::Facts& facts) {
  const bool within = facts.verb == sql::Verb::kSavepoint || facts.verb == sql::Verb::kReleaseSavepoint ||
                      facts.verb == sql::Verb::kRollbackToSavepoint;
  if (within) return false;
  // A procedure may commit and begin another one.
  return facts.implicit_commit || facts.session.autocommit || facts.verb == sql::Verb::kCall ||
         facts.group == sql::VerbGroup::kTransaction;
}

void NoteTransaction(SessionState& s, const Errand& errand, bool was_in_transaction) {
  const bool is_in_transaction = s.in_transaction();
  const bool failed = s.walker.summary().error.has_value();
  const bool over = was_in_transaction && (!is_in_transaction || errand.may_end_transaction || failed);
  if (over) EndTransaction(s, "its transaction is over");
  if (!is_in_transaction) return;
  if (!was_in_transaction || errand.may_end_transaction) {
    s.transaction.since = absl::Now();
    s.transaction.statements = 0;
  }
  ++s.transaction.statements;
}

void EndTransaction(SessionState& s, std::string_view because) {
  ++s.transaction.number;
  for (const std::string& ticket : std::exchange(s.transaction.tickets, {})) s.services.approvals.Void(ticket, because);
}

}  // namespace postern::frontend
