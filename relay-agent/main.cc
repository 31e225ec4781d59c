// postern-relay: holds the database credential inside the private network, dials the gateways, opens a database connection
// for each agent session when it is asked to, and proves each one closed.
#include <mysql.h>
#include <absl/time/time.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>

#include "relay-agent/doctor/report.h"
#include "relay-agent/joining/join.h"
#include "relay-agent/joining/join_token.h"
#include "relay-agent/joining/renewal.h"
#include "relay-agent/relay_config.h"

namespace {

using postern::relay::Relay;
using postern::relay::RelayConfig;

// How long doors may take to close, be proven and have their proofs recorded when the relay is told to stop.
constexpr absl::Duration kStopPatience = absl::Seconds(10);

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void WaitForSignal(const postern::log::Options& log) {
  asio::io_context context;
  asio::signal_set signals(context, SIGTERM, SIGINT, SIGHUP);
  std::function<void()> wait = [&] {
    signals.async_wait([&](const asio::error_code&, int signal) {
      if (signal != SIGHUP) return;
      // Certificates and passwords are read at each use; what remains is the log, which may have been rotated.
      if (absl::Status again = postern::log::SetUp(log); !again.ok()) postern::log::Error("log", {{"error", again}});
      postern::log::Info("log opened again; certificates and passwords are read at each use");
      wait();
    });
  };
  wait();
  context.run();
}

// The credential passes through this process: no core file, and no debugger but root's.
void Harden() {
  prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE, SIG_IGN);
}

// 0: nothing dangerous was found.
int Check(const RelayConfig& config, bool json) {
  Harden();
  if (absl::Status logging = postern::log::SetUp({.level = postern::log::Level::kWarning}); !logging.ok()) {
    return kFailed;
  }
  mysql_library_init(0, nullptr, nullptr);
  const auto examinations = postern::relay::ExamineAll(config.options);
  std::fputs((json ? JsonReport(examinations) : TextReport(examinations)).c_str(), stdout);
  return AnyDangerous(examinations) ? kFailed : 0;
}

struct JoinFlags {
  std::string gateway;
  std::string token;
  std::string token_file;
};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "postern-relay: %s\n", std::string(status.message()).c_str());
  return kFailed;
}

// From the command line, a file, or standard input ("-").
absl::StatusOr<std::string> TokenFrom(const JoinFlags& flags) {
  if (!flags.token.empty()) return postern::relay::ReadJoinToken(flags.token);
  std::string line;
  if (flags.token_file == "-") {
    std::getline(std::cin, line);
    return postern::relay::ReadJoinToken(line);
  }
  std::ifstream in(flags.token_file);
  if (!std::getline(in, line)) return absl::NotFoundError("--token-file: " + flags.token_file + " cannot be read");
  return postern::relay::ReadJoinToken(line);
}

int Join(const RelayConfig& config, const JoinFlags& flags) {
  Harden();
  if (config.tls) {
    return Fail(absl::FailedPreconditionError("relay.yaml names a certificate of your own (tls.certificate): a relay that joins has none there"));
  }
  std::vector<postern::relay::Enrolling> gateways = postern::relay::GatewaysToJoin(config);
  if (!flags.gateway.empty()) std::erase_if(gateways, [&](const auto& one) { return one.gateway != flags.gateway; });
  if (gateways.size() != 1) return Fail(absl::InvalidArgumentError("--gateway: name one of the gateways in relay.yaml"));
  const auto token = TokenFrom(flags);
  if (!token.ok()) return Fail(token.status());
  const auto joined = postern::relay::Join(gateways.front(), *token, postern::relay::IdentityFolder(config.identity_folder));
  if (!joined.ok()) return Fail(joined.status());
  std::printf("%s joined %s; its certificate is renewed while the relay runs, and is good until %s\n", joined->name().c_str(),
              gateways.front().gateway.c_str(),
              absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMillis(joined->expires_at_unix_ms()), absl::UTCTimeZone()).c_str());
  for (const std::string& target : joined->targets()) {
    if (config.options.targets.count(target) == 0) std::printf("warning: it may serve %s, which relay.yaml does not know\n", target.c_str());
  }
  return 0;
}

int Run(const RelayConfig& config) {
  Harden();
  if (absl::Status logging = postern::log::SetUp(config.log); !logging.ok()) {
    std::fprintf(stderr, "postern-relay: %s\n", std::string(logging.message()).c_str());
    return 1;
  }
  for (const std::string& warning : postern::relay::FileWarnings(config)) postern::log::Warning(warning);
  mysql_library_init(0, nullptr, nullptr);
  if (absl::Status joined = postern::relay::CheckJoined(config); !joined.ok()) return Fail(joined);
  std::optional<postern::relay::Renewal> renewal;
  if (!config.tls) {
    renewal.emplace(postern::relay::IdentityFolder(config.identity_folder), postern::relay::GatewaysToJoin(config));
  }
  absl::StatusOr<std::unique_ptr<Relay>> relay = Relay::Start(config.options);
  if (!relay.ok()) {
    postern::log::Error("not started", {{"error", relay.status()}});
    return 1;
  }
  postern::log::Info("relay started", {{"name", config.name}, {"version", POSTERN_VERSION},
                                       {"targets", config.options.targets.size()}});
  WaitForSignal(config.log);
  postern::log::Info("relay stopping", {{"doors", (*relay)->open_doors()}});
  (*relay)->Stop(kStopPatience);
  postern::log::Info("relay stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Postern's relay: opens database connections for agent sessions and proves them closed", "postern-relay");
  std::string file;
  bool check = false;
  app.add_option("--config", file, "configuration file (YAML)")->required();
  app.add_flag("--check", check, "validate the configuration and exit");
  app.set_version_flag("--version", POSTERN_VERSION);
  CLI::App* const doctor =
      app.add_subcommand("check", "connect to each target, say what its account may do, and fail on danger");
  std::string output = "text";
  doctor->add_option("--output", output, "text or json")->check(CLI::IsMember({"text", "json"}));
  doctor->fallthrough();
  JoinFlags join_flags;
  CLI::App* const join = app.add_subcommand("join", "get this relay's certificate from a gateway, for a join token");
  join->add_option("--gateway", join_flags.gateway, "which of the config's gateways; may be left out if there is one");
  auto* const token = join->add_option("--token", join_flags.token, "the join token; others on this machine may see it: prefer --token-file");
  auto* const token_file = join->add_option("--token-file", join_flags.token_file, "file that holds the join token; - for standard input");
  token->excludes(token_file);
  join->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : kUsage;
  }

  const auto config = postern::relay::LoadRelayConfig(file);
  if (!config.ok()) {
    std::fprintf(stderr, "%s\n", ToString(config.problems).c_str());
    return 1;
  }
  if (join->parsed()) {
    if (join_flags.token.empty() && join_flags.token_file.empty()) {
      std::fprintf(stderr, "postern-relay: join needs --token-file or --token\n");
      return kUsage;
    }
    return Join(*config.value, join_flags);
  }
  if (doctor->parsed()) return Check(*config.value, output == "json");
  if (!check) return Run(*config.value);
  for (const std::string& warning : FileWarnings(*config.value)) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  if (absl::Status joined = postern::relay::CheckJoined(*config.value); !joined.ok()) {
    std::fprintf(stderr, "warning: %s\n", std::string(joined.message()).c_str());
  }
  std::printf("%s is valid\n", file.c_str());
  return 0;
}
