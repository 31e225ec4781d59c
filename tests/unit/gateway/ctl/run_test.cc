#include "gateway/ctl/run.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "proto/postern/v1/access.grpc.pb.h"
#include "proto/postern/v1/approval.grpc.pb.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::ctl {
namespace {

class Approvals final : public v1::Approvals::Service {
 public:
  grpc::Status Get(grpc::ServerContext*, const v1::GetApprovalRequest* request, v1::Approval* approval) override {
    approval->set_id(request->id());
    return answer;
  }
  grpc::Status List(grpc::ServerContext*, const v1::ListApprovalsRequest* request,
                    v1::ListApprovalsResponse* response) override {
    asked_state = request->state();
    response->add_approvals()->set_id("apr_1");
    return answer;
  }
  grpc::Status Deny(grpc::ServerContext*, const v1::DecideApprovalRequest* request, v1::Approval* approval) override {
    reason = request->reason();
    approval->set_state(v1::Approval::STATE_DENIED);
    return answer;
  }
  // Tells of one, then says nothing until the caller goes away.
  grpc::Status Watch(grpc::ServerContext* context, const v1::WatchApprovalsRequest*,
                     grpc::ServerWriter<v1::Approval>* writer) override {
    v1::Approval approval;
    approval.set_id("apr_1");
    writer->Write(approval);
    if (!interrupt) return answer;
    kill(getpid(), SIGINT);
    while (!context->IsCancelled()) usleep(1000);
    return grpc::Status::CANCELLED;
  }

  grpc::Status answer;
  v1::Approval::State asked_state{};
  std::string reason;
  bool interrupt = false;
};

class Access final : public v1::Access::Service {
 public:
  grpc::Status CreateToken(grpc::ServerContext* context, const v1::CreateTokenRequest* request,
                           v1::CreateTokenResponse* response) override {
    const auto& metadata = context->client_metadata();
    const auto header = metadata.find("authorization");
    if (header != metadata.end()) authorization.assign(header->second.data(), header->second.size());
    asked = *request;
    response->mutable_token()->set_id("tok_1");
    response->mutable_token()->set_name(request->name());
    response->mutable_token()->set_kind(request->kind());
    response->set_secret("pat_secret");
    return grpc::Status::OK;
  }

  std::string authorization;
  v1::CreateTokenRequest asked;
};

struct Tool {
  Approvals approvals;
  Access access;
  std::unique_ptr<grpc::Server> server = [this] {
    grpc::ServerBuilder builder;
    builder.RegisterService(&approvals);
    builder.RegisterService(&access);
    return builder.BuildAndStart();
  }();
  std::ostringstream out;
  std::ostringstream err;

  int Run(std::vector<std::string> arguments, Connect connect = nullptr) {
    out.str("");
    err.str("");
    if (connect == nullptr) connect = [this](const Settings&) { return server->InProcessChannel({}); };
    const auto getenv = [](const char* name) -> std::optional<std::string> {
      if (std::string_view(name) == "POSTERN_API") return "localhost:1";
      if (std::string_view(name) == "POSTERN_TOKEN") return "pat_env";
      return std::nullopt;
    };
    return ctl::Run(arguments, {out, err, getenv, connect});
  }
};

TEST_CASE("exit codes say what happened, and stderr what to do") {
  Tool tool;
  const std::vector<std::string> show = {"approvals", "show", "apr_1"};
  CHECK(tool.Run(show) == 0);
  CHECK(tool.err.str().empty());
  const std::pair<grpc::StatusCode, int> codes[] = {
      {grpc::StatusCode::NOT_FOUND, 5},        {grpc::StatusCode::PERMISSION_DENIED, 4},
      {grpc::StatusCode::UNAUTHENTICATED, 4},  {grpc::StatusCode::UNAVAILABLE, 3},
      {grpc::StatusCode::INVALID_ARGUMENT, 1}, {grpc::StatusCode::FAILED_PRECONDITION, 1}};
  for (const auto& [code, exit_code] : codes) {
    tool.approvals.answer = grpc::Status(code, "because \x1b[31m");
    CHECK(tool.Run(show) == exit_code);
    CHECK(tool.err.str().find("because \\x1b[31m") != std::string::npos);
    CHECK(tool.out.str().empty());
  }
  CHECK(tool.Run({"approvals", "show"}) == 2);
  CHECK(tool.Run({"approvals", "frobnicate"}) == 2);
  CHECK(tool.Run({}) == 2);
  CHECK(tool.Run({"tokens", "create", "--name", "x", "--ttl", "never"}) == 2);
  CHECK(tool.Run({"tokens", "create", "--name", "x", "--role", "king"}) == 2);
}

TEST_CASE("a gateway that is not there is exit code 3 and says where it was looked for") {
  Tool tool;
  CHECK(tool.Run({"status", "--api", "127.0.0.1:1", "--timeout", "20s"}, ConnectTls) == 3);
  CHECK(tool.err.str().find("cannot reach the gateway at 127.0.0.1:1") != std::string::npos);
}

TEST_CASE("help and version go to stdout") {
  Tool tool;
  CHECK(tool.Run({"--help"}) == 0);
  CHECK(tool.out.str().find("Exit codes") != std::string::npos);
  CHECK(tool.Run({"--version"}) == 0);
  CHECK(tool.out.str().find("posternctl ") == 0);
  CHECK(tool.Run({"tokens", "create", "--help"}) == 0);
  CHECK(tool.out.str().find("--ttl") != std::string::npos);
}

TEST_CASE("output that nobody got is a failure, and each line in has a line out") {
  const auto facts = [](std::ostream& out, std::ostream& err) {
    std::istringstream in("{\"sql\": \"SELECT 1\"}\n\n{\"sql\": \"SELECT 2\"}\n");
    return ctl::Run({"sql", "facts"}, {out, err, [](const char*) { return std::nullopt; }, ConnectTls, &in});
  };
  std::ostringstream out, err;
  CHECK(facts(out, err) == 0);
  const std::string text = out.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  std::ofstream full("/dev/full");
  CHECK(facts(full, err) == 1);
  CHECK(err.str().find("could not be written") != std::string::npos);
}

TEST_CASE("a list is a JSON array with ids, global options stand anywhere") {
  Tool tool;
  CHECK(tool.Run({"approvals", "list", "--output", "json"}) == 0);
  const auto json = nlohmann::json::parse(tool.out.str());
  REQUIRE(json.is_array());
  CHECK(json[0]["id"] == "apr_1");
  CHECK(tool.approvals.asked_state == v1::Approval::STATE_PENDING);
  CHECK(tool.Run({"--output", "json", "approvals", "list", "--state", "all"}) == 0);
  CHECK(tool.approvals.asked_state == v1::Approval::STATE_UNSPECIFIED);
}

TEST_CASE("a token is made for an agent, or for a person when it has a role") {
  Tool tool;
  REQUIRE(tool.Run({"tokens", "create", "--name", "bot", "--group", "a", "--group", "b", "--target", "t", "--ttl",
                    "30d", "--output", "json"}) == 0);
  const auto json = nlohmann::json::parse(tool.out.str());
  CHECK(json["id"] == "tok_1");
  CHECK(json["token"] == "pat_secret");
  CHECK(json["name"] == "bot");
  CHECK(json["kind"] == "agent");
  CHECK(tool.access.authorization == "Bearer pat_env");
  CHECK(tool.access.asked.groups_size() == 2);
  CHECK(tool.access.asked.ttl_seconds() == 30 * 86400);
  REQUIRE(tool.Run({"tokens", "create", "--name", "rita", "--role", "reviewer", "--role", "auditor"}) == 0);
  CHECK(tool.access.asked.kind() == v1::PRINCIPAL_KIND_PERSON);
  CHECK(tool.access.asked.roles_size() == 2);
  CHECK(tool.out.str().find("only time") != std::string::npos);
}

TEST_CASE("a denial always has a reason") {
  Tool tool;
  CHECK(tool.Run({"approvals", "deny", "apr_1"}) == 0);
  CHECK_FALSE(tool.approvals.reason.empty());
  CHECK(tool.Run({"approvals", "deny", "apr_1", "--reason", "too wide"}) == 0);
  CHECK(tool.approvals.reason == "too wide");
}

TEST_CASE("a watch prints one object per line, and Ctrl-C ends it with 130") {
  Tool tool;
  CHECK(tool.Run({"approvals", "watch", "--output", "json"}) == 0);
  CHECK(nlohmann::json::parse(tool.out.str())["id"] == "apr_1");
  tool.approvals.interrupt = true;
  CHECK(tool.Run({"approvals", "watch"}) == 130);
  CHECK(tool.err.str().empty());
  tool.approvals.interrupt = false;
  tool.approvals.answer = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the gateway is shutting down");
  CHECK(tool.Run({"approvals", "watch"}) == 3);
}

TEST_CASE("a policy is checked without a gateway") {
  Tool tool;
  TempFolder folder;
  const std::string file = folder.path() / "policy.yaml";
  std::ofstream(file) << "version: 1\nruels: []\n";
  CHECK(tool.Run({"policy", "check", file}) == 1);
  CHECK(tool.out.str().find(file + ":2:1: ") != std::string::npos);
  CHECK(tool.Run({"policy", "check", file, "--output", "json"}) == 1);
  const auto json = nlohmann::json::parse(tool.out.str());
  CHECK(json["valid"] == false);
  CHECK(json["problems"][0]["line"] == 2);
  CHECK(tool.Run({"policy", "check", std::string(folder.path() / "none")}) == 1);
}

TEST_CASE("completion scripts know every command, and bash runs its own") {
  Tool tool;
  REQUIRE(tool.Run({"completion", "zsh"}) == 0);
  REQUIRE(tool.Run({"completion", "fish"}) == 0);
  CHECK(tool.out.str().find("approvals watch") != std::string::npos);
  REQUIRE(tool.Run({"completion", "bash"}) == 0);
  TempFolder folder;
  const std::string script = folder.path() / "completion";
  std::ofstream(script) << tool.out.str()
                        << "COMP_WORDS=(posternctl --output json approvals a); COMP_CWORD=4; _posternctl\n"
                           "[ \"${COMPREPLY[*]}\" = approve ] || exit 1\n"
                           "COMP_WORDS=(posternctl tok); COMP_CWORD=1; _posternctl\n"
                           "[ \"${COMPREPLY[*]}\" = tokens ] || exit 1\n";
  CHECK(std::system(("bash " + script).c_str()) == 0);
}

}  // namespace
}  // namespace postern::ctl
