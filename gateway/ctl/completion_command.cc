// posternctl completion bash|zsh|fish
#include <CLI/App.hpp>
#include <memory>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/completion.h"

namespace postern::ctl {

void AddCompletion(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("completion", "Print a completion script: source <(posternctl completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &invocation, shell] {
    invocation.Choose([&app, &invocation, shell] {
      invocation.out() << CompletionScript(app, *shell);
      return kOk;
    });
  });
}

}  // namespace postern::ctl
