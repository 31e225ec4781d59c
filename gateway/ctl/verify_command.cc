// posternctl verify run|list
#include <CLI/App.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/verification.grpc.pb.h"

namespace postern::ctl {
namespace {

using Check = v1::VerificationCheck;
using Run = v1::VerificationRun;

constexpr absl::Duration kAskEvery = absl::Milliseconds(250);

struct Flags {
  std::string target;
  uint32_t limit = 0;
};

bool IsOver(const Run& run) { return run.state() != Run::STATE_WAITING && run.state() != Run::STATE_RUNNING; }

std::string ResultText(const Check& check) {
  std::string word = Word(check.result());
  std::replace(word.begin(), word.end(), '_', ' ');
  return check.result() == Check::RESULT_FAILED || check.result() == Check::RESULT_NOT_REACHED ? "FAILED" + (word == "failed" ? "" : ": " + word) : word;
}

// "mask" for a check that failed; every one of them.
std::string FailedChecks(const Run& run) {
  std::vector<std::string> failed;
  for (const Check& check : run.checks()) {
    if (check.result() == Check::RESULT_FAILED || check.result() == Check::RESULT_NOT_REACHED) failed.push_back(Word(check.kind()));
  }
  return Joined(failed);
}

// Tells of checks as their results come.
class Progress {
 public:
  explicit Progress(std::ostream& out) : out_(out) {}

  void Tell(const Run& run) {
    for (const Check& check : run.checks()) {
      if (check.result() == Check::RESULT_UNSPECIFIED || !told_.insert({run.id(), check.kind()}).second) continue;
      out_ << OneLine(run.target()) << "  " << Word(check.kind()) << "  " << ResultText(check);
      if (!check.detail().empty()) out_ << "  " << OneLine(check.detail());
      out_ << std::endl;
    }
  }

 private:
  std::ostream& out_;
  std::set<std::pair<std::string, int>> told_;
};

// Those of `runs`, as they are now; one that the gateway does not know any more is left as it was.
grpc::Status Refresh(const Client& client, std::vector<Run>& runs) {
  for (Run& run : runs) {
    if (IsOver(run)) continue;
    v1::ListVerificationsRequest request;
    request.set_target(run.target());
    v1::ListVerificationsResponse listed;
    const grpc::Status called = v1::Verification::NewStub(client.channel())->List(client.Call().get(), request, &listed);
    if (!called.ok()) return called;
    const auto now = std::find_if(listed.runs().begin(), listed.runs().end(), [&](const Run& one) { return one.id() == run.id(); });
    if (now == listed.runs().end()) return {grpc::StatusCode::ABORTED, "the gateway was started again, and run " + run.id() + " is not known any more"};
    run = *now;
  }
  return grpc::Status::OK;
}

void TellEnd(const std::vector<Run>& runs, std::ostream& out) {
  for (const Run& run : runs) {
    out << OneLine(run.target()) << ": " << (run.state() == Run::STATE_PASSED ? "passed" : run.state() == Run::STATE_FAILED ? "FAILED" : Word(run.state()));
    if (!run.session_id().empty()) out << "; posternctl sessions show " << run.session_id();
    out << '\n';
  }
}

ExitCode RunNow(Invocation& invocation, const Client& client, const Flags& flags) {
  v1::RunVerificationRequest request;
  request.set_target(flags.target);
  v1::RunVerificationResponse begun;
  grpc::Status called = v1::Verification::NewStub(client.channel())->Run(client.Call().get(), request, &begun);
  if (!called.ok()) return invocation.Fail(called, client);
  std::vector<Run> runs(begun.runs().begin(), begun.runs().end());
  Progress progress(invocation.json() ? invocation.err() : invocation.out());
  for (;;) {
    for (const Run& run : runs) progress.Tell(run);
    if (std::all_of(runs.begin(), runs.end(), IsOver)) break;
    invocation.world().sleep(kAskEvery);
    called = Refresh(client, runs);
    if (!called.ok()) return invocation.Fail(called, client);
  }
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const Run& run : runs) array.push_back(ToJson(run));
    invocation.out() << Pretty(array) << '\n';
  } else {
    TellEnd(runs, invocation.out());
  }
  return std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.state() == Run::STATE_PASSED; }) ? kOk : kFailed;
}

void PrintTargets(const v1::ListVerificationsResponse& listed, std::ostream& out) {
  Table table({"TARGET", "VERIFIED", "LAST PASSED"});
  for (const v1::VerificationTarget& one : listed.targets()) {
    table.Add({one.target(), one.configured() ? "yes" : "NOT CONFIGURED", TableTime(one.last_passed_at_unix_ms())});
  }
  table.Print(out);
  if (listed.next_at_unix_ms() != 0) out << "The next runs are due at " << TableTime(listed.next_at_unix_ms()) << ".\n";
}

ExitCode List(Invocation& invocation, const Client& client, const Flags& flags) {
  v1::ListVerificationsRequest request;
  request.set_target(flags.target);
  request.set_limit(flags.limit);
  v1::ListVerificationsResponse listed;
  const grpc::Status called = v1::Verification::NewStub(client.channel())->List(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(listed)) << '\n';
    return kOk;
  }
  PrintTargets(listed, invocation.out());
  if (listed.runs().empty()) return kOk;
  Table table({"RUN", "TARGET", "STATE", "BEGAN", "ASKED BY", "FAILED CHECKS", "SESSION"});
  for (const Run& run : listed.runs()) {
    table.Add({run.id(), run.target(), run.state() == Run::STATE_FAILED ? "FAILED" : Word(run.state()), TableTime(run.started_at_unix_ms()),
               run.asked_by().empty() ? "schedule" : run.asked_by(), FailedChecks(run), run.session_id()});
  }
  invocation.out() << '\n';
  table.Print(invocation.out());
  return kOk;
}

}  // namespace

void AddVerify(CLI::App& app, Invocation& invocation) {
  CLI::App* verify = app.add_subcommand("verify", "Have the gateway try whether it keeps its promises, and see how that went");
  verify->require_subcommand(1);
  auto flags = std::make_shared<Flags>();

  CLI::App* run = verify->add_subcommand("run", "Verify now, and wait for it; exit code 1 unless all of it passed (role auditor or admin)");
  run->add_option("--target", flags->target, "This target; every one that is configured if absent");
  run->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return RunNow(invocation, client, *flags); });
  });

  CLI::App* list = verify->add_subcommand("list", "List targets and the runs since the gateway started (role auditor or admin)");
  list->add_option("--target", flags->target, "Of this target");
  list->add_option("--limit", flags->limit, "At most so many runs, newest first");
  list->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return List(invocation, client, *flags); });
  });
}

}  // namespace postern::ctl
