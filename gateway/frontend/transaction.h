// The agent's transaction, as far as the replies of the server tell of it: what a ticket asked for inside it is bound to, and
// what a reviewer is told of the locks it holds.
#ifndef POSTERN_GATEWAY_FRONTEND_TRANSACTION_H_
#define POSTERN_GATEWAY_FRONTEND_TRANSACTION_H_

#include <string_view>

#include "common/sql/facts/facts.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Whether running it may end the open transaction, whatever the server says of a transaction afterwards.
bool MayEndTransaction(const sql::Facts& facts);

// After a reply was followed. An error of the server counts as the transaction's end: some of them are.
void NoteTransaction(SessionState& s, const Errand& errand, bool was_in_transaction);

// The transaction, if there was one, is over: its tickets are void.
void EndTransaction(SessionState& s, std::string_view because);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_TRANSACTION_H_
