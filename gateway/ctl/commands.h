// The commands: each adds itself to the command line and, when chosen, runs. One file per word.
#ifndef POSTERN_GATEWAY_CTL_COMMANDS_H_
#define POSTERN_GATEWAY_CTL_COMMANDS_H_

#include "gateway/ctl/invocation.h"

namespace CLI {
class App;
}

namespace postern::ctl {

void AddStatus(CLI::App& app, Invocation& invocation);
void AddTargets(CLI::App& app, Invocation& invocation);
void AddRelay(CLI::App& app, Invocation& invocation);
void AddTokens(CLI::App& app, Invocation& invocation);
void AddApprovals(CLI::App& app, Invocation& invocation);
void AddTasks(CLI::App& app, Invocation& invocation);
void AddSessions(CLI::App& app, Invocation& invocation);
void AddJournal(CLI::App& app, Invocation& invocation);
void AddVerify(CLI::App& app, Invocation& invocation);
void AddPolicy(CLI::App& app, Invocation& invocation);
void AddSql(CLI::App& app, Invocation& invocation);
void AddLogin(CLI::App& app, Invocation& invocation);
void AddCompletion(CLI::App& app, Invocation& invocation);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_COMMANDS_H_
