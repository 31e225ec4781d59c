// What a ticket is bound to, as one digest: docs/approvals.md draws the bytes.
#ifndef POSTERN_GATEWAY_FRONTEND_BINDING_H_
#define POSTERN_GATEWAY_FRONTEND_BINDING_H_

#include <string>
#include <string_view>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// SHA-256, in hex. Two errands have the same one only if the same agent would have the same bytes run, on the same target,
// for the same task, read the same way, in the same state of session, transaction and schema, and held on the same terms.
// REQUIRES: the errand is held.
std::string BindingOf(const SessionState& s, const Errand& errand);

// Of the session's settings: that of character sets and collations, and what it is after a SET NAMES without COLLATE.
inline constexpr std::string_view kNames = "names";
inline constexpr std::string_view kServersCollation = "default";

// A statement that the server answered.
struct Ran {
  std::string statement_id;
  bool whole = false;  // not with an error: some of it may have run all the same
};

// Whether running it may change what later statements mean. Character set, autocommit and default schema are followed elsewhere;
// what a stored procedure does is not followed.
bool MovesSettings(const sql::Facts& facts);
// Remembers what it has changed. A value that cannot be told is like no other, in this session or another.
void NoteSettings(SessionState& s, const sql::Facts& facts, const Ran& ran);
// The same after several statements in one packet, one of which MovesSettings: nobody knows which of them ran.
void NoteBatch(SessionState& s, const Ran& ran);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_BINDING_H_
