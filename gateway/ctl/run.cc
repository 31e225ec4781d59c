#include "gateway/ctl/run.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"

namespace postern::ctl {
namespace {

constexpr char kAbout[] = "Postern's command line, for agents, reviewers, auditors and platform engineers";
constexpr char kFooter[] =
    "Address, CA and token come from flags, else from POSTERN_API, POSTERN_CA and POSTERN_TOKEN, else from the config\n"
    "file. A certificate with its key (POSTERN_CERT, POSTERN_KEY) will do in place of a token. Exit codes: 0 done; 1 refused, failed or invalid; 2 wrong usage; 3 gateway not reached; 4 token not good\n"
    "enough; 5 not found.";

void AddGlobalOptions(CLI::App& app, GlobalFlags& flags) {
  app.add_option("--api", flags.api, "Gateway's address, HOST:PORT");
  app.add_option("--ca", flags.ca, "PEM file with the CA of the gateway's certificate");
  app.add_option("--token", flags.token, "Access token; others on this machine may see it: prefer --token-file");
  app.add_option("--token-file", flags.token_file, "File that holds the access token, mode 0600");
  app.add_option("--cert", flags.certificate, "PEM file with a certificate that speaks for you in place of a token");
  app.add_option("--key", flags.key, "PEM file with its key");
  app.add_option("--server-name", flags.server_name, "Name to find in the gateway's certificate in place of the host");
  app.add_option("--config", flags.config, "Config file; ~/.config/postern/config.yaml if absent");
  app.add_option("--timeout", flags.timeout, "How long a call may take, such as 10s");
  app.add_option_function<std::string>(
         "--output", [&flags](const std::string& format) { flags.json = format == "json"; }, "table or json")
      ->check(CLI::IsMember({"table", "json"}));
  app.set_version_flag("--version", "posternctl " POSTERN_VERSION);
}

// What was not written was not told: a full disk, a closed pipe.
int Told(int code, World& world) {
  world.out.flush();
  if (world.out.good()) return code;
  world.err << "posternctl: the output could not be written whole\n";
  return code == kOk ? kFailed : code;
}

}  // namespace

int Run(const std::vector<std::string>& arguments, World world) {
  CLI::App app(kAbout, "posternctl");
  app.footer(kFooter);
  Invocation invocation(world);
  AddGlobalOptions(app, invocation.flags());
  app.require_subcommand(1);
  // Global options may stand after the command too.
  app.fallthrough();
  AddStatus(app, invocation);
  AddTargets(app, invocation);
  AddRelay(app, invocation);
  AddTokens(app, invocation);
  AddApprovals(app, invocation);
  AddTasks(app, invocation);
  AddSessions(app, invocation);
  AddJournal(app, invocation);
  AddVerify(app, invocation);
  AddPolicy(app, invocation);
  AddSql(app, invocation);
  AddLogin(app, invocation);
  AddCompletion(app, invocation);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return Told(app.exit(error, invocation.out(), invocation.err()) == 0 ? kOk : kUsage, world);
  }
  return Told(invocation.Run(), world);
}

}  // namespace postern::ctl
