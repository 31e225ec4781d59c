// After a reply: what it says of the session's state, so that the next statement is read as the server will read it.
#ifndef POSTERN_GATEWAY_FRONTEND_FOLLOW_H_
#define POSTERN_GATEWAY_FRONTEND_FOLLOW_H_

#include "common/mysql/commands.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Takes over status flags, schema, character set and sql_mode from the reply just walked. Ends the session if one of
// them moved to where we cannot follow.
void Follow(SessionState& s, mysql::ReplyShape shape);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_FOLLOW_H_
