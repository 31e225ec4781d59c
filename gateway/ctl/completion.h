// Shell completion, made from the command line itself so that it cannot go stale.
#ifndef POSTERN_GATEWAY_CTL_COMPLETION_H_
#define POSTERN_GATEWAY_CTL_COMPLETION_H_

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace postern::ctl {

// A script for bash, zsh or fish that completes the commands and options of `app`. REQUIRES: one of those names.
std::string CompletionScript(const CLI::App& app, std::string_view shell);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_COMPLETION_H_
