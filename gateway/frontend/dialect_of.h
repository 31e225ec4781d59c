// How the server behind a session reads text.
#ifndef POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_
#define POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_

#include <optional>

#include "common/sql/dialect.h"
#include "gateway/frontend/session_state.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::frontend {

// How a server reads text that comes in `charset`; none where we cannot read as it does.
std::optional<sql::Dialect> DialectOf(const v1::ServerFacts& server, sql::Charset charset);

// How the open door's server reads text right after the relay pinned the session. REQUIRES: an open door.
std::optional<sql::Dialect> PinnedDialect(const SessionState& s);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_DIALECT_OF_H_
