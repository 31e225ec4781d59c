// Keeps statements that masks or reviewers depend on from being read by a schema that has moved on.
#ifndef POSTERN_GATEWAY_FRONTEND_CATCH_UP_H_
#define POSTERN_GATEWAY_FRONTEND_CATCH_UP_H_

#include <asio/awaitable.hpp>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Before a statement is read: waits for the schema as of the last change that anybody made through this gateway. At once
// where nothing is masked or nothing has changed. If it does not come in limits.open_timeout, statements that need it are
// refused until it does.
asio::awaitable<void> CatchUp(SessionState& s);

// Whether the errand, as it was judged, needs the schema to be read again and judged by that: it touches tables or routines
// under masks or is held, and the schema is older than limits.catalog_max_age, or somebody changed it. It may have been changed
// past this gateway.
bool NeedsFreshSchema(const SessionState& s, const Errand& errand);
// Has the schema read again and waits for it, as CatchUp does.
asio::awaitable<void> Freshen(SessionState& s);

// Whether the target's schema is another one than the errand was read by, where that matters: for masks, and for what a
// reviewer saw.
bool SchemaChanged(const SessionState& s, const Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_CATCH_UP_H_
