// A held statement as reviewers see it.
#ifndef POSTERN_GATEWAY_FRONTEND_APPROVAL_FOR_H_
#define POSTERN_GATEWAY_FRONTEND_APPROVAL_FOR_H_

#include <span>

#include "common/sql/facts/facts.h"
#include "gateway/catalog/catalog.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::frontend {

// Notes what only the reading of a held statement knows: columns, digest, schema. `text` is what would be forwarded.
void NoteForReview(Errand& errand, std::span<const sql::Facts* const> statements, std::string_view text,
                   const sql::Dialect& dialect, const catalog::Catalog* catalog);

// With an id; state, votes and times are not filled in. REQUIRES: the errand is held.
v1::Approval ApprovalFor(const SessionState& s, const Errand& errand);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_APPROVAL_FOR_H_
