// A gateway's API in this process: real tokens, session index and journal; approvals and relays that tests steer.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_API_API_FIXTURE_H_
#define POSTERN_TESTS_UNIT_GATEWAY_API_API_FIXTURE_H_

#include <absl/time/clock.h>
#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/api/connections.h"
#include "gateway/api/parts.h"
#include "gateway/api/services.h"
#include "gateway/approval/approvals.h"
#include "gateway/catalog/catalogs.h"
#include "gateway/enrolment/authority.h"
#include "gateway/enrolment/enrolment.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/identity/tokens.h"
#include "gateway/policy/in_force.h"
#include "gateway/publishing/policy_publisher.h"
#include "gateway/recording/file_journal.h"
#include "gateway/recording/session_index.h"
#include "gateway/store/sqlite/enrolled_relays.h"
#include "gateway/store/sqlite/policy_versions.h"
#include "tests/support/memory_task_store.h"
#include "tests/support/memory_token_store.h"
#include "gateway/tasks/tasks.h"
#include "gateway/tunnel/relays.h"
#include "gateway/verification/verification.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::api {

// Passes records on, remembers what people did, and fails when told to.
class WatchedJournal final : public recording::Journal {
 public:
  explicit WatchedJournal(recording::Journal& real) : real_(real) {}

  void Append(const v1::Record& record, Done done) override {
    std::unique_lock lock(mutex_);
    if (!failure_.ok()) {
      const absl::Status failure = failure_;
      lock.unlock();
      return done(failure);
    }
    if (record.has_admin_action()) actions_.push_back(record.admin_action());
    lock.unlock();
    real_.Append(record, std::move(done));
  }
  absl::Status Health() const override {
    std::lock_guard lock(mutex_);
    return failure_;
  }

  void FailWith(absl::Status failure) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  std::vector<v1::AdminAction> actions() const {
    std::lock_guard lock(mutex_);
    return actions_;
  }

 private:
  recording::Journal& real_;
  mutable std::mutex mutex_;
  absl::Status failure_;
  std::vector<v1::AdminAction> actions_;
};

class SteeredApprovals final : public approval::Approvals {
 public:
  std::string Hold(v1::Approval, absl::Duration, Resolved) override { return ""; }
  void Present(v1::Approval, absl::Duration, Told told) override { told({}); }
  void Use(const std::string&, User, Used used) override { used(absl::FailedPreconditionError("no such ticket")); }
  void SetPreview(const std::string&, v1::ImpactPreview) override {}
  void Void(const std::string&, std::string_view) override {}
  void Vote(const std::string& id, const identity::Principal&, bool, std::string_view, Decided done) override {
    if (!vote_answer.ok()) return done(vote_answer);
    v1::Approval approval;
    approval.set_id(id);
    approval.set_state(v1::Approval::STATE_APPROVED);
    done(approval);
  }
  absl::StatusOr<v1::Approval> Get(const std::string&) const override {
    return absl::NotFoundError("no such approval");
  }
  std::vector<v1::Approval> List(v1::Approval::State, size_t) const override { return {}; }
  size_t pending() const override { return 3; }
  uint64_t Watch(Watcher watcher) override {
    std::lock_guard lock(mutex_);
    v1::Approval pending;
    pending.set_id("pending-at-start");
    watcher(pending);
    watchers_.emplace(++tickets_, std::move(watcher));
    return tickets_;
  }
  void Unwatch(uint64_t ticket) override {
    std::lock_guard lock(mutex_);
    watchers_.erase(ticket);
    changed_.notify_all();
  }

  void Publish(const v1::Approval& approval) {
    std::lock_guard lock(mutex_);
    for (auto& [ticket, watcher] : watchers_) watcher(approval);
  }
  void AwaitWatchers(size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return watchers_.size() == count; }));
  }

  absl::Status vote_answer;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t tickets_ = 0;
  std::map<uint64_t, Watcher> watchers_;
};

class NoRelays final : public tunnel::Relays {
 public:
  asio::awaitable<absl::StatusOr<std::unique_ptr<tunnel::Door>>> Open(tunnel::DoorRequest) override {
    co_return absl::UnavailableError("no relay");
  }
  void CancelOpen(const std::string&) override {}
  void Kill(const std::string&, v1::KillSession::Scope, absl::AnyInvocable<void(absl::Status)> done) override {
    done(absl::UnavailableError("no relay"));
  }
  absl::Status RefreshCatalog(const std::string&) override { return absl::UnavailableError("no relay"); }
  std::optional<v1::ServerFacts> ServerOf(std::string_view) const override { return std::nullopt; }
  std::vector<v1::RelayStatus> RelayStatuses() const override { return {}; }
  std::vector<v1::TargetStatus> TargetStatuses() const override { return {}; }
  size_t open_doors() const override { return 0; }
  size_t CutOff(const std::string& relay) override {
    cut_off.push_back(relay);
    return 2;
  }
  grpc::Service* service() override { return nullptr; }
  void Shutdown() override {}

  std::vector<std::string> cut_off;
};

// A value that a test cannot do without.
template <class T>
T Must(absl::StatusOr<T> value) {
  INFO(value.status());
  REQUIRE(value.ok());
  return *std::move(value);
}

struct ApiFixture {
  static constexpr size_t kWatchers = 3;

  TempFolder folder;
  std::unique_ptr<recording::FileJournal> disk =
      Must(recording::FileJournal::Open({.folder = folder.path() / "journal", .free_floor_bytes = 0}));
  std::unique_ptr<recording::SessionIndex> index =
      Must(recording::SessionIndex::Open({.database = folder.path() / "index"}, disk.get()));
  WatchedJournal journal{*disk};
  store::MemoryTokenStore token_store;
  std::unique_ptr<identity::Tokens> tokens = Must(identity::Tokens::Load(&token_store, {}));
  SteeredApprovals approvals;
  frontend::LiveSessions live{{}};
  store::MemoryTaskStore task_store;
  NoRelays relays;
  catalog::Catalogs catalogs{{"orders"}, {}, [this](const std::string& target) { return relays.RefreshCatalog(target); }};
  policy::PolicyInForce policy{std::make_shared<const policy::Rules>(policy::Rules{"v1", "version: 1\n", {}, {}}),
                               absl::Now()};
  std::unique_ptr<store::PolicyVersions> policy_versions = Must(store::PolicyVersions::Open(folder.path() / "policies.db"));
  publishing::PolicyPublisher publisher{folder.path() / "policy.yaml", policy, *policy_versions};
  std::unique_ptr<enrolment::Authority> authority = Must(enrolment::Authority::Open(folder.path() / "authority.pem"));
  std::unique_ptr<store::EnrolledRelays> enrolled = Must(store::EnrolledRelays::Open(folder.path() / "relays.db"));
  std::unique_ptr<enrolment::Enrolment> enrolment = Must(enrolment::Enrolment::Load(
      authority.get(), enrolled.get(), {.targets = {"orders"}, .configured_relays = {"old-relay"}, .gateway_ca = [] { return "the gateway's CA"; }}));
  absl::Status reload_answer;
  int reloads = 0;
  tasks::Tasks tasks{{task_store, journal, approvals, policy, {"orders"}, [](const std::string&, const std::string&) {}},
                     {},
                     [] { return absl::Now(); },
                     [](absl::Time) {}};
  Connections connections{ConnectionLimits()};
  verification::Verification verification{{}, {"orders"}, {}};
  ApiServices services{{connections, *tokens, *tokens, approvals, tasks, [] { return MysqlAddress{"127.0.0.1", 3306}; }, *index, journal, live, relays, catalogs, policy, publisher, *enrolment, verification,
                        [this] {
                          ++reloads;
                          return reload_answer;
                        },
                        absl::Now(), kWatchers}};
  std::unique_ptr<grpc::Server> server = Serve();
  std::shared_ptr<grpc::Channel> channel = server->InProcessChannel({});

  std::unique_ptr<grpc::Server> Serve() {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : services.All()) builder.RegisterService(service);
    return builder.BuildAndStart();
  }

  identity::NewToken Token(const std::string& name, v1::PrincipalKind kind, const std::vector<v1::Role>& roles) {
    v1::CreateTokenRequest request;
    request.set_name(name);
    request.set_kind(kind);
    for (const v1::Role role : roles) request.add_roles(role);
    return Must(tokens->Create(request, "test", absl::Now()));
  }
  identity::NewToken Person(const std::string& name, const std::vector<v1::Role>& roles) {
    return Token(name, v1::PRINCIPAL_KIND_PERSON, roles);
  }
};

inline std::unique_ptr<grpc::ClientContext> As(const std::string& secret) {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!secret.empty()) context->AddMetadata("authorization", "Bearer " + secret);
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  return context;
}

template <class Service, class Request, class Response>
grpc::Status Unary(ApiFixture& api, const std::string& secret,
                   grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
  const auto stub = Service::NewStub(api.channel);
  return (stub.get()->*method)(As(secret).get(), request, response);
}

}  // namespace postern::api

#endif  // POSTERN_TESTS_UNIT_GATEWAY_API_API_FIXTURE_H_
