// postern-gateway: reads its configuration, serves until told to stop.
#include <absl/status/status.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>

#include "common/link/callback_threads.h"
#include "common/observability/log.h"
#include "gateway/bootstrap.h"
#include "gateway/config/gateway_config.h"
#include "gateway/gateway.h"

namespace postern {
namespace {

constexpr int kExitFailed = 1;

int Fail(const absl::Status& status) {
  std::cerr << "postern-gateway: " << status.message() << "\n";
  return kExitFailed;
}

// The signals main waits for, blocked in every thread that is started later.
sigset_t BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

// A socket per session: as many as the system lets this process have.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Serve(config::GatewayConfig config) {
  const sigset_t signals = BlockSignals();
  // Tokens pass through this memory: none of it belongs in a core file.
  prctl(PR_SET_DUMPABLE, 0);
  RaiseFileLimit();
  link::KeepCallbackThreads();
  // Its own log would put text of anybody who connects among our lines.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  if (absl::Status logging = log::SetUp(config.log); !logging.ok()) return Fail(logging);

  auto gateway = Gateway::Start(std::move(config));
  if (!gateway.ok()) return Fail(gateway.status());
  log::Info("gateway ready", {{"version", POSTERN_VERSION},
                              {"mysql_port", (*gateway)->mysql_port()},
                              {"api_port", (*gateway)->api_port()},
                              {"console", (*gateway)->console_origin()}});
  for (;;) {
    const timespec minute{.tv_sec = 60, .tv_nsec = 0};
    const int signal = sigtimedwait(&signals, nullptr, &minute);
    if (signal == SIGHUP) {
      (void)(*gateway)->Reload();  // logged there
    } else if (signal == SIGTERM || signal == SIGINT) {
      break;
    } else {
      (*gateway)->Tidy();
    }
  }
  log::Info("gateway stopping");
  (*gateway)->Stop("signal");
  log::Info("gateway stopped");
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Postern gateway: the door AI agents go through to a MySQL database.", "postern-gateway");
  app.set_version_flag("--version", POSTERN_VERSION);
  std::string config_path;
  bool check = false;
  app.add_option("--config", config_path, "Configuration file (gateway.yaml)")->required();
  app.add_flag("--check", check, "Check configuration and policy, say what is wrong, and exit");

  FirstToken first;
  CLI::App* tokens = app.add_subcommand("tokens", "Access tokens, while the gateway is stopped");
  CLI::App* create = tokens->add_subcommand("create", "Create the first person's token and print it");
  create->add_option("--name", first.name, "Who it speaks for")->required();
  create->add_option("--role", first.roles, "reviewer, auditor or admin; may be repeated")->required();
  create->add_option("--group", first.groups, "Group of the person; may be repeated");
  tokens->require_subcommand(1);
  CLI::App* journal = app.add_subcommand("journal", "The journal's key");
  CLI::App* rotate = journal->add_subcommand("rotate-key", "Let another key sign the journal, named by the one that does now");
  journal->require_subcommand(1);
  CLI11_PARSE(app, argc, argv);

  auto config = config::LoadGatewayConfig(config_path);
  if (!config.ok()) return Fail(config.status());
  if (*create) {
    const auto secret = CreateFirstToken(*config.value, first);
    if (!secret.ok()) return Fail(secret.status());
    std::cout << *secret << "\n";
    return 0;
  }
  if (*rotate) {
    const auto rotated = RotateJournalKey(*config.value);
    if (!rotated.ok()) return Fail(rotated.status());
    std::cout << *rotated << "\n";
    return 0;
  }
  if (check) {
    if (absl::Status status = CheckGateway(*config.value); !status.ok()) return Fail(status);
    std::cout << "ok\n";
    return 0;
  }
  return Serve(*std::move(config.value));
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) { return postern::Main(argc, argv); }
