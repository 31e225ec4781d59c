// posternctl approvals list|show|watch|approve|deny
#include <absl/time/clock.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/show_approval.h"
#include "gateway/ctl/watch_approvals.h"
#include "gateway/ctl/words.h"
#include "proto/postern/v1/approval.grpc.pb.h"

namespace postern::ctl {
namespace {

// A denial wants a reason; the agent sees it, and this is better than an empty one.
constexpr char kNoReason[] = "no reason given";

struct ListFlags {
  std::string state = "pending";
  uint32_t limit = 0;
};

ExitCode List(Invocation& invocation, const Client& client, const ListFlags& flags) {
  v1::ListApprovalsRequest request;
  request.set_state(static_cast<v1::Approval::State>(
      EnumFromWord(*v1::Approval::State_descriptor(), flags.state).value_or(v1::Approval::STATE_UNSPECIFIED)));
  request.set_limit(flags.limit);
  v1::ListApprovalsResponse listed;
  const grpc::Status called = v1::Approvals::NewStub(client.channel())->List(client.Call().get(), request, &listed);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    auto array = nlohmann::ordered_json::array();
    for (const v1::Approval& approval : listed.approvals()) array.push_back(ToJson(approval));
    invocation.out() << Pretty(array) << '\n';
  } else if (listed.approvals().empty()) {
    invocation.out() << (flags.state == "pending" ? "Nothing is waiting for approval.\n" : "No approvals.\n");
  } else {
    ListApprovals(listed.approvals(), absl::Now(), invocation.out());
  }
  return kOk;
}

ExitCode Show(Invocation& invocation, const Client& client, const std::string& id) {
  v1::GetApprovalRequest request;
  request.set_id(id);
  v1::Approval approval;
  const grpc::Status called = v1::Approvals::NewStub(client.channel())->Get(client.Call().get(), request, &approval);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(approval)) << '\n';
  } else {
    ShowApproval(approval, absl::Now(), invocation.out());
  }
  return kOk;
}

std::string Told(const v1::Approval& approval) {
  const std::string id = OneLine(approval.id());
  if (approval.state() == v1::Approval::STATE_PENDING) {
    return "Vote recorded; " + id + " still waits for more votes (" + std::to_string(approval.approvals_needed()) +
           " needed).";
  }
  return id + " is " + Word(approval.state()) + ".";
}

ExitCode Decide(Invocation& invocation, const Client& client, bool approve, const std::string& id,
                const std::string& reason) {
  v1::DecideApprovalRequest request;
  request.set_id(id);
  request.set_reason(reason.empty() && !approve ? kNoReason : reason);
  v1::Approval approval;
  const auto stub = v1::Approvals::NewStub(client.channel());
  const auto context = client.Call();
  const grpc::Status called =
      approve ? stub->Approve(context.get(), request, &approval) : stub->Deny(context.get(), request, &approval);
  if (!called.ok()) return invocation.Fail(called, client);
  if (invocation.json()) {
    invocation.out() << Pretty(ToJson(approval)) << '\n';
  } else {
    invocation.out() << Told(approval) << '\n';
  }
  return kOk;
}

void AddList(CLI::App& approvals, Invocation& invocation) {
  CLI::App* command = approvals.add_subcommand("list", "List held statements and requested tasks, newest first");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("--state", flags->state, "pending (the default), approved, denied, expired, void or all")
      ->check(CLI::IsMember({"pending", "approved", "denied", "expired", "void", "all"}));
  command->add_option("--limit", flags->limit, "At most so many; 100 if absent")->check(CLI::Range(1, 1000));
  command->callback([&invocation, flags] {
    invocation.ChooseCall([&invocation, flags](const Client& client) { return List(invocation, client, *flags); });
  });
}

void AddDecide(CLI::App& approvals, Invocation& invocation, bool approve) {
  CLI::App* command =
      approve ? approvals.add_subcommand("approve", "Let a held statement run, once, exactly as shown, or a task open (role reviewer)")
              : approvals.add_subcommand("deny", "Refuse a held statement or a task; the agent sees the reason (role reviewer)");
  auto id = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  command->add_option("id", *id, "The approval's id, apr_…")->required();
  command->add_option("--reason", *reason, "Why, for the record and the agent");
  command->callback([&invocation, approve, id, reason] {
    invocation.ChooseCall([&invocation, approve, id, reason](const Client& client) {
      return Decide(invocation, client, approve, *id, *reason);
    });
  });
}

}  // namespace

void AddApprovals(CLI::App& app, Invocation& invocation) {
  CLI::App* approvals = app.add_subcommand("approvals", "See and decide held statements and requested tasks");
  approvals->require_subcommand(1);
  AddList(*approvals, invocation);

  CLI::App* show = approvals->add_subcommand("show", "Show one, with the whole statement");
  auto id = std::make_shared<std::string>();
  show->add_option("id", *id, "The approval's id, apr_…")->required();
  show->callback([&invocation, id] {
    invocation.ChooseCall([&invocation, id](const Client& client) { return Show(invocation, client, *id); });
  });

  CLI::App* watch = approvals->add_subcommand("watch", "Print what is pending, then each change, until Ctrl-C; at a terminal, decide by key");
  watch->callback([&invocation] {
    invocation.ChooseCall([&invocation](const Client& client) {
      return AtTerminal() && !invocation.json() ? WatchAtTerminal(invocation, client) : WatchApprovals(invocation, client);
    });
  });
  AddDecide(*approvals, invocation, true);
  AddDecide(*approvals, invocation, false);
}

}  // namespace postern::ctl
