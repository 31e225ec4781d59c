// How the server behind an open door reads text.
#ifndef POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_
#define POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_

#include <optional>

#include "common/sql/dialect.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Right after the relay pinned the session; none where we cannot read as the server does. REQUIRES: an open door.
std::optional<sql::Dialect> PinnedDialect(const SessionState& s);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_
