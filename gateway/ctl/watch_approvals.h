// `posternctl approvals watch`: what is pending, then each change as it comes. At a terminal its keys decide.
#ifndef POSTERN_GATEWAY_CTL_WATCH_APPROVALS_H_
#define POSTERN_GATEWAY_CTL_WATCH_APPROVALS_H_

#include "gateway/ctl/client.h"
#include "gateway/ctl/invocation.h"

namespace postern::ctl {

// Plain lines, until Ctrl-C: for scripts, and for terminals that nobody types at.
ExitCode WatchApprovals(Invocation& invocation, const Client& client);

// Whether standard input and output are a terminal's.
bool AtTerminal();
// Keys as ApprovalBoard has them. REQUIRES: AtTerminal().
ExitCode WatchAtTerminal(Invocation& invocation, const Client& client);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_WATCH_APPROVALS_H_
