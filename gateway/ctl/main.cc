// posternctl: a client of the gateway's RPCs.
#include <cstdlib>
#include <iostream>

#include "gateway/ctl/run.h"

namespace {

std::optional<std::string> FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int main(int argc, char** argv) {
  // What goes wrong is told by us, once; gRPC's own log lines are for whoever asks for them.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return postern::ctl::Run(arguments, {std::cout, std::cerr, FromEnvironment, postern::ctl::ConnectTls, &std::cin});
}
