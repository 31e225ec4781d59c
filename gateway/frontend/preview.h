// What a held statement would change, for its reviewers: found out by reading alone, on a connection of its own, under the masks
// of the agent without the exceptions that are made for it. docs/approvals.md says what is asked.
#ifndef POSTERN_GATEWAY_FRONTEND_PREVIEW_H_
#define POSTERN_GATEWAY_FRONTEND_PREVIEW_H_

#include <string>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// Returns at once; what is found out, or why nothing can be, is told to the approvals. Where the rule wants no preview, nothing
// happens. Goes on if the session ends. REQUIRES: the errand is held under that approval.
void BeginPreview(const SessionState& s, const Errand& errand, const std::string& approval_id);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_PREVIEW_H_
