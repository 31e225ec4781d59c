// One run of posternctl: its streams, its surroundings, and the command that the command line chose.
#ifndef POSTERN_GATEWAY_CTL_INVOCATION_H_
#define POSTERN_GATEWAY_CTL_INVOCATION_H_

#include <absl/time/clock.h>

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "gateway/ctl/client.h"
#include "gateway/ctl/exit_code.h"
#include "gateway/ctl/issuer.h"
#include "gateway/ctl/settings.h"

namespace postern::ctl {

// What a run gets from outside; tests give their own.
struct World {
  std::ostream& out;
  std::ostream& err;
  Getenv getenv;
  Connect connect;
  std::istream* in = nullptr;  // for commands that read; none: nothing to read
  Send send = http::Send;      // to issuers
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

class Invocation {
 public:
  explicit Invocation(World world) : world_(std::move(world)) {}

  // An empty stream if the world has none.
  std::istream& in();
  std::ostream& out() { return world_.out; }
  std::ostream& err() { return world_.err; }
  GlobalFlags& flags() { return flags_; }
  bool json() const { return flags_.json; }
  const World& world() const { return world_; }

  // What the parsed command line means; a command's callback sets it.
  void Choose(std::function<ExitCode()> command) { command_ = std::move(command); }
  ExitCode Run() { return command_(); }

  // A command that talks to the gateway: resolves the settings first.
  void ChooseCall(std::function<ExitCode(const Client&)> command);

  // Tells on stderr what went wrong and what to do.
  ExitCode Fail(const grpc::Status& status, const Client& client);
  ExitCode Refuse(ExitCode code, const absl::Status& why);
  ExitCode Usage(const std::string& message);

 private:
  World world_;
  GlobalFlags flags_;
  std::function<ExitCode()> command_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_INVOCATION_H_
