#include <set>

#include "gateway/api/rpc_roles.h"
#include "gateway/api/watch.h"
#include "gateway/policy/load_rules.h"
#include "proto/postern/v1/access.grpc.pb.h"
#include "proto/postern/v1/admin.grpc.pb.h"
#include "proto/postern/v1/approval.grpc.pb.h"
#include "proto/postern/v1/enrolment.grpc.pb.h"
#include "proto/postern/v1/policy.grpc.pb.h"
#include "proto/postern/v1/session.grpc.pb.h"
#include "proto/postern/v1/task.grpc.pb.h"
#include "proto/postern/v1/verification.grpc.pb.h"
#include "tests/unit/gateway/api/api_fixture.h"

namespace postern::api {
namespace {

constexpr char kSession[] = "ses_01JD3X6Y0V7Q4M3Z8T5N2K9BRA";
constexpr char kApproval[] = "apr_01JD3X6Y0V7Q4M3Z8T5N2K9BRA";
constexpr char kTask[] = "tsk_01JD3X6Y0V7Q4M3Z8T5N2K9BRA";
constexpr char kToken[] = "tok_01JD3X6Y0V7Q4M3Z8T5N2K9BRA";

template <class Request>
Request WithId(const char* id) {
  Request request;
  request.set_id(id);
  return request;
}

v1::RefreshCatalogRequest RefreshOf(const char* target) {
  v1::RefreshCatalogRequest request;
  request.set_target(target);
  return request;
}

v1::StartTaskRequest NewTaskOf(const char* target) {
  v1::StartTaskRequest request;
  request.set_target(target);
  request.set_reason("because");
  return request;
}

v1::ExtendTaskRequest ExtendOf(const char* id) {
  v1::ExtendTaskRequest request;
  request.set_id(id);
  request.set_ttl_seconds(60);
  return request;
}

v1::CreateTokenRequest NewAgent(const std::string& name) {
  v1::CreateTokenRequest request;
  request.set_name(name);
  request.set_kind(v1::PRINCIPAL_KIND_AGENT);
  return request;
}

template <class Service, class Request, class Response>
auto Caller(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*), Request request) {
  return [method, request](ApiFixture& api, const std::string& secret) {
    Response response;
    return Unary<Service>(api, secret, method, request, &response);
  };
}

grpc::Status CallWatch(ApiFixture& api, const std::string& secret) {
  const auto context = As(secret);
  const auto stream = v1::Approvals::NewStub(api.channel)->Watch(context.get(), {});
  v1::Approval approval;
  if (stream->Read(&approval)) context->TryCancel();
  return stream->Finish();
}

grpc::Status CallReplay(ApiFixture& api, const std::string& secret) {
  const auto context = As(secret);
  const auto stream =
      v1::Sessions::NewStub(api.channel)->Replay(context.get(), WithId<v1::ReplaySessionRequest>(kSession));
  v1::Record record;
  while (stream->Read(&record)) {
  }
  return stream->Finish();
}

grpc::Status CallExport(ApiFixture& api, const std::string& secret) {
  const auto context = As(secret);
  const auto stream = v1::Sessions::NewStub(api.channel)->Export(context.get(), v1::ExportSessionsRequest());
  v1::Record record;
  while (stream->Read(&record)) {
  }
  return stream->Finish();
}

struct Row {
  std::string name;
  // r: reviewer, a: auditor, A: admin; g: an agent, for what is its own.
  std::string who_may;
  std::function<grpc::Status(ApiFixture&, const std::string& secret)> call;
};

std::vector<Row> Rows() {
  using v1::Access, v1::Admin, v1::Enrolment, v1::Approvals, v1::Policy, v1::Sessions, v1::Tasks, v1::Verification;
  return {
      {"Access/WhoAmI", "raA", Caller<Access>(&Access::Stub::WhoAmI, v1::WhoAmIRequest())},
      {"Access/CreateToken", "A", Caller<Access>(&Access::Stub::CreateToken, NewAgent("bot"))},
      {"Access/ListTokens", "A", Caller<Access>(&Access::Stub::ListTokens, v1::ListTokensRequest())},
      {"Access/RevokeToken", "A", Caller<Access>(&Access::Stub::RevokeToken, WithId<v1::RevokeTokenRequest>(kToken))},
      {"Approvals/List", "raA", Caller<Approvals>(&Approvals::Stub::List, v1::ListApprovalsRequest())},
      {"Approvals/Get", "raA", Caller<Approvals>(&Approvals::Stub::Get, WithId<v1::GetApprovalRequest>(kApproval))},
      {"Approvals/Watch", "raA", CallWatch},
      {"Approvals/Approve", "r",
       Caller<Approvals>(&Approvals::Stub::Approve, WithId<v1::DecideApprovalRequest>(kApproval))},
      {"Approvals/Deny", "r", Caller<Approvals>(&Approvals::Stub::Deny, WithId<v1::DecideApprovalRequest>(kApproval))},
      // A person who names no agent, and an agent whose request lacks a reason, get past the guard and no further.
      {"Tasks/Start", "Ag", Caller<Tasks>(&Tasks::Stub::Start, v1::StartTaskRequest())},
      {"Tasks/Get", "raAg", Caller<Tasks>(&Tasks::Stub::Get, WithId<v1::GetTaskRequest>(kTask))},
      {"Tasks/List", "raAg", Caller<Tasks>(&Tasks::Stub::List, v1::ListTasksRequest())},
      {"Tasks/Extend", "rAg", Caller<Tasks>(&Tasks::Stub::Extend, ExtendOf(kTask))},
      {"Tasks/End", "rAg", Caller<Tasks>(&Tasks::Stub::End, WithId<v1::EndTaskRequest>(kTask))},
      {"Sessions/List", "raA", Caller<Sessions>(&Sessions::Stub::List, v1::ListSessionsRequest())},
      {"Sessions/Get", "raA", Caller<Sessions>(&Sessions::Stub::Get, WithId<v1::GetSessionRequest>(kSession))},
      {"Sessions/Replay", "raA", CallReplay},
      {"Sessions/Export", "raA", CallExport},
      {"Sessions/Terminate", "A",
       Caller<Sessions>(&Sessions::Stub::Terminate, WithId<v1::TerminateSessionRequest>(kSession))},
      {"Policy/Check", "raA", Caller<Policy>(&Policy::Stub::Check, v1::CheckPolicyRequest())},
      {"Policy/Get", "raA", Caller<Policy>(&Policy::Stub::Get, v1::GetPolicyRequest())},
      {"Policy/Apply", "A", Caller<Policy>(&Policy::Stub::Apply, v1::ApplyPolicyRequest())},
      {"Policy/ListVersions", "raA", Caller<Policy>(&Policy::Stub::ListVersions, v1::ListPolicyVersionsRequest())},
      {"Policy/Rollback", "A", Caller<Policy>(&Policy::Stub::Rollback, v1::RollbackPolicyRequest())},
      {"Policy/Explain", "raA", Caller<Policy>(&Policy::Stub::Explain, v1::ExplainPolicyRequest())},
      {"Enrolment/CreateJoinToken", "A", Caller<Enrolment>(&Enrolment::Stub::CreateJoinToken, v1::CreateJoinTokenRequest())},
      {"Enrolment/ListRelays", "raA", Caller<Enrolment>(&Enrolment::Stub::ListRelays, v1::ListRelaysRequest())},
      {"Enrolment/RevokeRelay", "A", Caller<Enrolment>(&Enrolment::Stub::RevokeRelay, v1::RevokeRelayRequest())},
      {"Verification/Run", "aA", Caller<Verification>(&Verification::Stub::Run, v1::RunVerificationRequest())},
      {"Verification/List", "aA", Caller<Verification>(&Verification::Stub::List, v1::ListVerificationsRequest())},
      {"Admin/GetStatus", "raA", Caller<Admin>(&Admin::Stub::GetStatus, v1::GetStatusRequest())},
      {"Admin/RefreshCatalog", "A",
       Caller<Admin>(&Admin::Stub::RefreshCatalog, RefreshOf("nowhere"))},
      {"Admin/Reload", "A", Caller<Admin>(&Admin::Stub::Reload, v1::ReloadRequest())},
  };
}

TEST_CASE("each RPC opens to its roles and to nobody else") {
  ApiFixture api;
  const std::map<char, std::string> people = {{'r', api.Person("rita", {v1::ROLE_REVIEWER}).secret},
                                              {'a', api.Person("axel", {v1::ROLE_AUDITOR}).secret},
                                              {'A', api.Person("ada", {v1::ROLE_ADMIN}).secret}};
  const std::string agent = api.Token("bot", v1::PRINCIPAL_KIND_AGENT, {}).secret;
  v1::CreateTokenRequest every_role;
  every_role.set_name("erin");
  every_role.set_kind(v1::PRINCIPAL_KIND_PERSON);
  for (const v1::Role role : {v1::ROLE_REVIEWER, v1::ROLE_AUDITOR, v1::ROLE_ADMIN}) every_role.add_roles(role);
  const std::string expired = Must(api.tokens->Create(every_role, "test", absl::Now() - absl::Hours(24 * 31))).secret;
  std::set<std::string> tried;
  for (const Row& row : Rows()) {
    INFO(row.name);
    tried.insert(row.name);
    for (const auto& [letter, secret] : people) {
      INFO(letter);
      const grpc::Status status = row.call(api, secret);
      INFO(status.error_message());
      const bool may = row.who_may.find(letter) != std::string::npos;
      CHECK((status.error_code() == grpc::StatusCode::PERMISSION_DENIED) == !may);
      CHECK(status.error_code() != grpc::StatusCode::UNAUTHENTICATED);
      CHECK(status.error_code() != grpc::StatusCode::UNIMPLEMENTED);
    }
    const bool agents_may = row.who_may.find('g') != std::string::npos;
    CHECK((row.call(api, agent).error_code() == grpc::StatusCode::PERMISSION_DENIED) == !agents_may);
    CHECK(row.call(api, "").error_code() == grpc::StatusCode::UNAUTHENTICATED);
    CHECK(row.call(api, expired).error_code() == grpc::StatusCode::UNAUTHENTICATED);
  }
  CHECK(tried.size() == RpcRules().size());
}

TEST_CASE("a person is told whose token it is") {
  ApiFixture api;
  v1::CreateTokenRequest wanted;
  wanted.set_name("ada");
  wanted.set_kind(v1::PRINCIPAL_KIND_PERSON);
  wanted.add_roles(v1::ROLE_REVIEWER);
  wanted.add_groups("dba");
  const identity::NewToken token = Must(api.tokens->Create(wanted, "test", absl::Now()));
  v1::WhoAmIResponse who;
  REQUIRE(Unary<v1::Access>(api, token.secret, &v1::Access::Stub::WhoAmI, v1::WhoAmIRequest(), &who).ok());
  CHECK(who.name() == "ada");
  REQUIRE(who.roles_size() == 1);
  CHECK(who.roles(0) == v1::ROLE_REVIEWER);
  REQUIRE(who.groups_size() == 1);
  CHECK(who.groups(0) == "dba");
  CHECK(who.expires_at_unix_ms() == token.token.expires_at_unix_ms());
}

TEST_CASE("an agent starts a task with its token, gets its password once, and reviewers and strangers see no password") {
  ApiFixture api;
  const auto rules = policy::ParseRules(
      "version: 1\naccess:\n  - { agents: [bot, eve], targets: [orders], open: automatic }\n", "p.yaml");
  api.policy.Replace(*rules.value, absl::Now());
  const identity::NewToken token = api.Token("bot", v1::PRINCIPAL_KIND_AGENT, {});
  v1::StartTaskResponse started;
  REQUIRE(Unary<v1::Tasks>(api, token.secret, &v1::Tasks::Stub::Start, NewTaskOf("orders"), &started).ok());
  CHECK(started.user() == "bot+orders");
  CHECK(started.password().starts_with("tsk_"));
  CHECK(started.port() == 3306);
  v1::ListTasksResponse listed;
  const std::string stranger = api.Token("eve", v1::PRINCIPAL_KIND_AGENT, {}).secret;
  REQUIRE(Unary<v1::Tasks>(api, stranger, &v1::Tasks::Stub::List, v1::ListTasksRequest(), &listed).ok());
  CHECK(listed.tasks().empty());
  v1::Task task;
  CHECK(Unary<v1::Tasks>(api, stranger, &v1::Tasks::Stub::End, WithId<v1::EndTaskRequest>(started.task().id().c_str()), &task)
            .error_code() == grpc::StatusCode::NOT_FOUND);
  // Nor is the password one for the API.
  CHECK(Unary<v1::Tasks>(api, started.password(), &v1::Tasks::Stub::List, v1::ListTasksRequest(), &listed).error_code() ==
        grpc::StatusCode::UNAUTHENTICATED);
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  v1::RevokeTokenResponse revoked;
  REQUIRE(Unary<v1::Access>(api, admin, &v1::Access::Stub::RevokeToken,
                            WithId<v1::RevokeTokenRequest>(token.token.id().c_str()), &revoked).ok());
  CHECK_FALSE(api.tasks.IsOpen(started.task().id()));
}

TEST_CASE("bad tokens get one message, whatever is bad about them") {
  ApiFixture api;
  const identity::NewToken revoked = api.Person("rita", {v1::ROLE_ADMIN});
  REQUIRE(api.tokens->Revoke(revoked.token.id(), absl::Now()).ok());
  std::string wrong = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  std::set<std::string> messages;
  for (const std::string& secret : {revoked.secret, wrong, std::string("pat_x"), std::string("x")}) {
    v1::Status status;
    const grpc::Status called =
        Unary<v1::Admin>(api, secret, &v1::Admin::Stub::GetStatus, v1::GetStatusRequest(), &status);
    CHECK(called.error_code() == grpc::StatusCode::UNAUTHENTICATED);
    messages.insert(called.error_message());
  }
  CHECK(messages.size() == 1);
}

TEST_CASE("an action is on record before it takes effect, and a refused attempt too") {
  ApiFixture api;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  const std::string auditor = api.Person("axel", {v1::ROLE_AUDITOR}).secret;
  v1::CreateTokenResponse made;
  REQUIRE(Unary<v1::Access>(api, admin, &v1::Access::Stub::CreateToken, NewAgent("bot"), &made).ok());
  CHECK(made.secret().substr(0, 4) == "pat_");
  v1::CreateTokenResponse not_made;
  CHECK_FALSE(Unary<v1::Access>(api, auditor, &v1::Access::Stub::CreateToken, NewAgent("spy"), &not_made).ok());
  const std::vector<v1::AdminAction> actions = api.journal.actions();
  REQUIRE(actions.size() == 3);
  CHECK(actions[0].who() == "ada");
  CHECK(actions[0].action() == "Access/CreateToken");
  CHECK(actions[0].object() == "bot");
  CHECK(actions[0].allowed());
  CHECK(actions[1].object() == made.token().id());
  CHECK(actions[2].who() == "axel");
  CHECK(actions[2].object() == "spy");
  CHECK_FALSE(actions[2].allowed());
  for (const v1::AdminAction& action : actions) CHECK(action.DebugString().find(made.secret()) == std::string::npos);
}

TEST_CASE("what cannot be recorded is not done") {
  ApiFixture api;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  const identity::NewToken bot = api.Token("bot", v1::PRINCIPAL_KIND_AGENT, {});
  api.journal.FailWith(absl::ResourceExhaustedError("disk full"));
  v1::RevokeTokenResponse revoked;
  const grpc::Status revoke = Unary<v1::Access>(api, admin, &v1::Access::Stub::RevokeToken,
                                                WithId<v1::RevokeTokenRequest>(bot.token.id().c_str()), &revoked);
  CHECK(revoke.error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(revoke.error_message().find("disk full") != std::string::npos);
  CHECK(api.tokens->Authenticate({bot.secret, "here"}, absl::Now()).ok());
  v1::ReloadResponse reloaded;
  CHECK(Unary<v1::Admin>(api, admin, &v1::Admin::Stub::Reload, v1::ReloadRequest(), &reloaded).error_code() ==
        grpc::StatusCode::UNAVAILABLE);
  CHECK(api.reloads == 0);
  CHECK(CallReplay(api, admin).error_code() == grpc::StatusCode::UNAVAILABLE);
  v1::Status status;
  REQUIRE(Unary<v1::Admin>(api, admin, &v1::Admin::Stub::GetStatus, v1::GetStatusRequest(), &status).ok());
  CHECK_FALSE(status.journal_writable());
  CHECK(status.journal_error() == "disk full");
  CHECK(status.held() == 3);
}

TEST_CASE("revoking a token ends its live sessions and its watches") {
  ApiFixture api;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  const identity::NewToken rita = api.Person("rita", {v1::ROLE_REVIEWER});
  std::string ended_for;
  frontend::LiveSessions::Entry entry;
  entry.session_id = kSession;
  entry.identity_id = rita.token.id();
  entry.end = [&](std::string why) { ended_for = std::move(why); };
  REQUIRE(api.live.Add(entry, 1).ok());
  const auto context = As(rita.secret);
  const auto stream = v1::Approvals::NewStub(api.channel)->Watch(context.get(), {});
  v1::Approval approval;
  REQUIRE(stream->Read(&approval));
  v1::RevokeTokenResponse revoked;
  REQUIRE(Unary<v1::Access>(api, admin, &v1::Access::Stub::RevokeToken,
                            WithId<v1::RevokeTokenRequest>(rita.token.id().c_str()), &revoked)
              .ok());
  CHECK(revoked.sessions_ended() == 1);
  CHECK(ended_for == "revoked");
  CHECK_FALSE(stream->Read(&approval));
  CHECK(stream->Finish().error_code() == grpc::StatusCode::UNAUTHENTICATED);
}

TEST_CASE("a vote that is turned down is on record") {
  ApiFixture api;
  const std::string reviewer = api.Person("rita", {v1::ROLE_REVIEWER}).secret;
  api.approvals.vote_answer = absl::PermissionDeniedError("not your own");
  v1::Approval approval;
  CHECK(Unary<v1::Approvals>(api, reviewer, &v1::Approvals::Stub::Approve, WithId<v1::DecideApprovalRequest>(kApproval),
                             &approval)
            .error_code() == grpc::StatusCode::PERMISSION_DENIED);
  const std::vector<v1::AdminAction> actions = api.journal.actions();
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].action() == "Approvals/Approve");
  CHECK(actions[0].object() == kApproval);
  CHECK_FALSE(actions[0].allowed());
}

TEST_CASE("a watch tells what is pending, then each change, and leaves nothing behind") {
  ApiFixture api;
  const std::string reviewer = api.Person("rita", {v1::ROLE_REVIEWER}).secret;
  const auto context = As(reviewer);
  const auto stream = v1::Approvals::NewStub(api.channel)->Watch(context.get(), {});
  v1::Approval approval;
  REQUIRE(stream->Read(&approval));
  CHECK(approval.id() == "pending-at-start");
  api.approvals.AwaitWatchers(1);
  v1::Approval change;
  change.set_id(kApproval);
  api.approvals.Publish(change);
  REQUIRE(stream->Read(&approval));
  CHECK(approval.id() == kApproval);
  context->TryCancel();
  CHECK(stream->Finish().error_code() == grpc::StatusCode::CANCELLED);
  api.approvals.AwaitWatchers(0);
}

TEST_CASE("a watcher that does not read is ended, not queued for") {
  ApiFixture api;
  const std::string reviewer = api.Person("rita", {v1::ROLE_REVIEWER}).secret;
  const auto context = As(reviewer);
  const auto stream = v1::Approvals::NewStub(api.channel)->Watch(context.get(), {});
  v1::Approval approval;
  REQUIRE(stream->Read(&approval));
  api.approvals.AwaitWatchers(1);
  v1::Approval change;
  change.set_id(kApproval);
  change.set_statement(std::string(4000, 'x'));
  // More than the transport holds, then more than the queue.
  for (size_t i = 0; i < 10 * kWatchQueue; ++i) api.approvals.Publish(change);
  size_t read = 0;
  while (stream->Read(&approval)) ++read;
  CHECK(stream->Finish().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(read < 10 * kWatchQueue);
  api.approvals.AwaitWatchers(0);
}

TEST_CASE("watches are bounded, and one that ends makes room") {
  ApiFixture api;
  const std::string reviewer = api.Person("rita", {v1::ROLE_REVIEWER}).secret;
  const auto stub = v1::Approvals::NewStub(api.channel);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::Approval>>> streams;
  v1::Approval approval;
  for (size_t i = 0; i < ApiFixture::kWatchers; ++i) {
    contexts.push_back(As(reviewer));
    streams.push_back(stub->Watch(contexts.back().get(), {}));
    REQUIRE(streams.back()->Read(&approval));
  }
  CHECK(CallWatch(api, reviewer).error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  contexts.front()->TryCancel();
  streams.front()->Finish();
  api.approvals.AwaitWatchers(ApiFixture::kWatchers - 1);
  grpc::Status again;
  // A watcher is gone for the approvals a moment before its place is free.
  do again = CallWatch(api, reviewer);
  while (again.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(again.error_code() == grpc::StatusCode::CANCELLED);
  for (size_t i = 1; i < streams.size(); ++i) {
    contexts[i]->TryCancel();
    streams[i]->Finish();
  }
}

TEST_CASE("a shutdown ends watches at once") {
  ApiFixture api;
  const std::string reviewer = api.Person("rita", {v1::ROLE_REVIEWER}).secret;
  const auto context = As(reviewer);
  const auto stream = v1::Approvals::NewStub(api.channel)->Watch(context.get(), {});
  v1::Approval approval;
  REQUIRE(stream->Read(&approval));
  api.services.EndStreams();
  CHECK_FALSE(stream->Read(&approval));
  CHECK(stream->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(CallWatch(api, reviewer).error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("a replay streams the session's records, oldest first, after its own reading is recorded") {
  ApiFixture api;
  const std::string auditor = api.Person("axel", {v1::ROLE_AUDITOR}).secret;
  v1::Record record;
  record.set_session_id(kSession);
  record.mutable_session_opened()->set_agent("bot");
  REQUIRE(recording::AppendAndWait(*api.disk, record).ok());
  record.mutable_session_closed()->set_reason("quit");
  REQUIRE(recording::AppendAndWait(*api.disk, record).ok());
  const auto context = As(auditor);
  const auto stream =
      v1::Sessions::NewStub(api.channel)->Replay(context.get(), WithId<v1::ReplaySessionRequest>(kSession));
  v1::Record got;
  REQUIRE(stream->Read(&got));
  CHECK(got.session_opened().agent() == "bot");
  REQUIRE(stream->Read(&got));
  CHECK(got.session_closed().reason() == "quit");
  CHECK_FALSE(stream->Read(&got));
  CHECK(stream->Finish().ok());
  REQUIRE(api.journal.actions().size() == 1);
  CHECK(api.journal.actions()[0].object() == kSession);
  v1::TerminateSessionResponse terminated;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  CHECK(Unary<v1::Sessions>(api, admin, &v1::Sessions::Stub::Terminate, WithId<v1::TerminateSessionRequest>(kSession),
                            &terminated)
            .error_code() == grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_CASE("a schema that no relay can tell does not come, and the call ends in time") {
  ApiFixture api;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  v1::CatalogStatus catalog;
  const auto stub = v1::Admin::NewStub(api.channel);
  const auto context = As(admin);
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  CHECK(stub->RefreshCatalog(context.get(), RefreshOf("orders"), &catalog).error_code() ==
        grpc::StatusCode::DEADLINE_EXCEEDED);
  const grpc::Status unknown =
      Unary<v1::Admin>(api, admin, &v1::Admin::Stub::RefreshCatalog, RefreshOf("nowhere"), &catalog);
  CHECK((unknown.error_code() == grpc::StatusCode::NOT_FOUND ||
         unknown.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED));
}

}  // namespace
}  // namespace postern::api
