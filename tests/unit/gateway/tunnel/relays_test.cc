// The gateway's side of the link, spoken to by a relay made of plain generated stubs.
#include "gateway/tunnel/relays.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "common/net/io_threads.h"
#include "proto/postern/v1/relay.grpc.pb.h"

namespace postern::tunnel {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;

class Events : public DoorEvents {
 public:
  void OnCloseProof(const std::string&, const v1::CloseProof& proof,
                    absl::AnyInvocable<void(absl::Status)> recorded) override {
    recorded(proof.session_id() == "ses_unrecorded" ? absl::UnavailableError("disk full") : absl::OkStatus());
  }
};

class Gateway {
 public:
  explicit Gateway(absl::Duration heartbeat_interval = absl::Seconds(30)) {
    RelaysOptions options;
    options.heartbeat_interval = heartbeat_interval;
    options.kill_timeout = absl::Milliseconds(200);
    options.peer_name = [](const grpc::ServerContextBase& call) -> absl::StatusOr<std::string> {
      const auto name = call.client_metadata().find("relay");
      if (name == call.client_metadata().end()) return absl::UnauthenticatedError("no name");
      return std::string(name->second.data(), name->second.size());
    };
    relays_ = MakeRelays({{"orders", {"r1", "r2"}}, {"mail", {"r2"}}}, events_, options);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(relays_->service());
    server_ = builder.BuildAndStart();
  }
  ~Gateway() {
    relays_->Shutdown();
    server_->Shutdown(std::chrono::system_clock::now() + 1s);
    server_->Wait();
  }

  Relays* operator->() { return relays_.get(); }
  std::shared_ptr<grpc::Channel> Dial() const {
    grpc::ChannelArguments args;
    args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials(), args);
  }

  void AwaitRelays(size_t count) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (relays_->RelayStatuses().size() != count) {
      REQUIRE(std::chrono::steady_clock::now() < until);
      std::this_thread::sleep_for(1ms);
    }
  }

 private:
  Events events_;
  std::unique_ptr<Relays> relays_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

class FakeTunnel {
 public:
  FakeTunnel(v1::RelayLink::Stub& stub, const std::string& relay) {
    context_.AddMetadata("relay", relay);
    stream_ = stub.Tunnel(&context_);
  }
  ~FakeTunnel() {
    if (!finished_) End();
  }

  bool Opened(const v1::OpenSession& request) { return Opened(request.session_id(), request.nonce()); }
  bool Opened(const std::string& session, const std::string& nonce) {
    v1::Chunk chunk;
    chunk.mutable_opened()->set_session_id(session);
    chunk.mutable_opened()->set_nonce(nonce);
    chunk.mutable_opened()->set_thread_id(77);
    return stream_->Write(chunk);
  }
  bool Data(const std::string& bytes) {
    v1::Chunk chunk;
    chunk.set_data(bytes);
    return stream_->Write(chunk);
  }
  bool Write(const v1::Chunk& chunk) { return stream_->Write(chunk); }
  // The next chunk; none at the end of the stream.
  std::optional<v1::Chunk> Read() {
    v1::Chunk chunk;
    if (!stream_->Read(&chunk)) return std::nullopt;
    return chunk;
  }
  grpc::Status Finish() {
    finished_ = true;
    stream_->WritesDone();
    return stream_->Finish();
  }
  void End() {
    finished_ = true;
    context_.TryCancel();
    stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::Chunk, v1::Chunk>> stream_;
  bool finished_ = false;
};

class FakeRelay {
 public:
  FakeRelay(Gateway& gateway, std::string name, std::vector<std::string> targets = {"orders"})
      : name_(std::move(name)), stub_(v1::RelayLink::NewStub(gateway.Dial())) {
    context_.AddMetadata("relay", name_);
    control_ = stub_->Register(&context_);
    v1::RelayEvent hello;
    hello.mutable_hello()->set_version("test");
    for (const std::string& target : targets) hello.mutable_hello()->add_targets(target);
    control_->Write(hello);
  }
  ~FakeRelay() {
    if (control_ != nullptr) Vanish();
  }

  // The next command that is not a heartbeat; each one is answered with one of ours.
  std::optional<v1::GatewayCommand> Next() {
    v1::GatewayCommand command;
    while (control_->Read(&command)) {
      if (!command.has_heartbeat()) return command;
      v1::RelayEvent beat;
      beat.mutable_heartbeat()->set_sent_at_unix_ms(1);
      control_->Write(beat);
    }
    return std::nullopt;
  }
  v1::OpenSession NextOpen() {
    for (;;) {
      auto command = Next();
      REQUIRE(command.has_value());
      if (command->has_open_session()) return command->open_session();
    }
  }
  void Send(const v1::RelayEvent& event) { control_->Write(event); }
  FakeTunnel Tunnel() { return FakeTunnel(*stub_, name_); }
  FakeTunnel TunnelAs(const std::string& other) { return FakeTunnel(*stub_, other); }

  grpc::Status Ended() {
    v1::GatewayCommand command;
    while (control_->Read(&command)) {
    }
    const grpc::Status status = control_->Finish();
    control_ = nullptr;
    return status;
  }
  void Vanish() {
    context_.TryCancel();
    control_->Finish();
    control_ = nullptr;
  }

 private:
  const std::string name_;
  const std::unique_ptr<v1::RelayLink::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::RelayEvent, v1::GatewayCommand>> control_;
};

net::IoThreads& SessionThreads() {
  // Never ended: at exit OpenSSL would be gone before the threads that it keeps something for.
  static net::IoThreads& threads = *new net::IoThreads(1);
  return threads;
}

template <class T>
std::future<T> Start(asio::awaitable<T> work) {
  return asio::co_spawn(SessionThreads().Next(), std::move(work), asio::use_future);
}

template <class T>
T Get(std::future<T> future) {
  REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
  return future.get();
}

template <class T>
T Await(asio::awaitable<T> work) {
  return Get(Start(std::move(work)));
}

using MaybeDoor = absl::StatusOr<std::unique_ptr<Door>>;

std::future<MaybeDoor> StartOpen(Gateway& gateway, const std::string& session, absl::Duration timeout = absl::Seconds(5)) {
  return Start(gateway->Open({session, "orders", "bot", 0x1234, 45, "shop", timeout, {}}));
}

std::string Text(const Piece& piece) {
  return {reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size()};
}

TEST_CASE("only a relay with a name and a granted target is welcome") {
  Gateway gateway;
  FakeRelay stranger(gateway, "r3");
  CHECK(stranger.Ended().error_code() == grpc::StatusCode::PERMISSION_DENIED);
  FakeRelay mail_only(gateway, "r1", {"mail"});
  CHECK(mail_only.Ended().error_code() == grpc::StatusCode::PERMISSION_DENIED);
  FakeRelay relay(gateway, "r2", {"orders", "mail", "unknown"});
  auto welcome = relay.Next();
  REQUIRE(welcome.has_value());
  CHECK(welcome->welcome().accepted_targets_size() == 2);
}

TEST_CASE("a door carries bytes both ways and says why it ended") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  const v1::OpenSession request = relay.NextOpen();
  CHECK(request.capabilities() == 0x1234);
  CHECK(request.schema() == "shop");
  FakeTunnel tunnel = relay.Tunnel();
  REQUIRE(tunnel.Opened(request));
  auto door = Get(std::move(opening));
  REQUIRE(door.ok());
  CHECK((*door)->opened().thread_id == 77);

  REQUIRE(Await((*door)->Send("to the server")).ok());
  CHECK(tunnel.Read()->data() == "to the server");
  REQUIRE(tunnel.Data("to the agent"));
  auto piece = Await((*door)->Receive());
  REQUIRE(piece.ok());
  CHECK(Text(*piece) == "to the agent");

  // More than a chunk is cut, and comes whole.
  const std::string large(200'000, 'x');
  auto sending = Start((*door)->Send(large));
  std::string arrived;
  while (arrived.size() < large.size()) {
    auto chunk = tunnel.Read();
    REQUIRE(chunk.has_value());
    CHECK(chunk->data().size() <= 64 * 1024);
    arrived += chunk->data();
  }
  CHECK(arrived == large);
  CHECK(Get(std::move(sending)).ok());

  v1::Chunk closed;
  closed.mutable_closed()->set_reason("server has gone away");
  tunnel.Write(closed);
  auto end = Await((*door)->Receive());
  CHECK(end.status().code() == absl::StatusCode::kUnavailable);
  CHECK(end.status().message() == "server has gone away");
}

TEST_CASE("closing a door ends what waits on it, and the stream") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  FakeTunnel tunnel = relay.Tunnel();
  REQUIRE(tunnel.Opened(relay.NextOpen()));
  auto door = Get(std::move(opening));
  REQUIRE(door.ok());
  auto waiting = Start((*door)->Receive());
  (*door)->Close();
  CHECK(Get(std::move(waiting)).status().code() == absl::StatusCode::kCancelled);
  CHECK_FALSE(tunnel.Read().has_value());
  door->reset();
  while (gateway->open_doors() > 0) std::this_thread::sleep_for(1ms);
}

TEST_CASE("a session that dies while the relay writes leaves nothing behind") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  FakeTunnel tunnel = relay.Tunnel();
  REQUIRE(tunnel.Opened(relay.NextOpen()));
  auto door = Get(std::move(opening));
  REQUIRE(door.ok());
  auto flooding = std::async(std::launch::async, [&] {
    while (tunnel.Data(std::string(60'000, 'x'))) {
    }
  });
  REQUIRE(Await((*door)->Receive()).ok());
  door->reset();
  CHECK(flooding.wait_for(kPatience) == std::future_status::ready);
}

TEST_CASE("a tunnel is matched by session, nonce and relay, and by nothing less") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  const v1::OpenSession request = relay.NextOpen();
  {
    FakeTunnel wrong_nonce = relay.Tunnel();
    wrong_nonce.Opened("ses_1", "guess");
    CHECK(wrong_nonce.Finish().error_code() == grpc::StatusCode::NOT_FOUND);
    FakeTunnel wrong_session = relay.Tunnel();
    wrong_session.Opened("ses_2", request.nonce());
    CHECK(wrong_session.Finish().error_code() == grpc::StatusCode::NOT_FOUND);
    FakeTunnel wrong_relay = relay.TunnelAs("r2");
    wrong_relay.Opened(request);
    CHECK(wrong_relay.Finish().error_code() == grpc::StatusCode::NOT_FOUND);
    FakeTunnel no_name = relay.Tunnel();
    no_name.Data("select 1");
    CHECK(no_name.Finish().error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  }
  FakeTunnel right = relay.Tunnel();
  right.Opened(request);
  CHECK(Get(std::move(opening)).ok());
  FakeTunnel twice = relay.Tunnel();
  twice.Opened(request);
  CHECK(twice.Finish().error_code() == grpc::StatusCode::NOT_FOUND);
}

TEST_CASE("why a door did not open arrives as a status") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  const auto outcome = [&](v1::OpenFailed::Reason reason) {
    auto opening = StartOpen(gateway, "ses_1");
    const v1::OpenSession request = relay.NextOpen();
    FakeTunnel tunnel = relay.Tunnel();
    v1::Chunk chunk;
    chunk.mutable_open_failed()->set_session_id(request.session_id());
    chunk.mutable_open_failed()->set_nonce(request.nonce());
    chunk.mutable_open_failed()->set_reason(reason);
    tunnel.Write(chunk);
    CHECK(tunnel.Finish().ok());
    return Get(std::move(opening)).status().code();
  };
  CHECK(outcome(v1::OpenFailed::REASON_UNREACHABLE) == absl::StatusCode::kUnavailable);
  CHECK(outcome(v1::OpenFailed::REASON_REFUSED) == absl::StatusCode::kPermissionDenied);
  CHECK(outcome(v1::OpenFailed::REASON_UNSUITABLE) == absl::StatusCode::kFailedPrecondition);
  CHECK(outcome(v1::OpenFailed::REASON_TIMEOUT) == absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("a relay that refuses leaves the session to the next one") {
  Gateway gateway;
  FakeRelay one(gateway, "r1");
  FakeRelay two(gateway, "r2");
  gateway.AwaitRelays(2);
  const auto refuse = [](FakeRelay& relay, const v1::OpenSession& request) {
    v1::RelayEvent event;
    event.mutable_open_refused()->set_session_id(request.session_id());
    event.mutable_open_refused()->set_error("full");
    relay.Send(event);
  };
  auto opening = StartOpen(gateway, "ses_1");
  refuse(one, one.NextOpen());
  refuse(two, two.NextOpen());
  auto door = Get(std::move(opening));
  CHECK(door.status().code() == absl::StatusCode::kUnavailable);
  CHECK(door.status().message() == "full");
}

TEST_CASE("an opening ends by cancellation, by time and by the loss of the relay") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto cancelled = StartOpen(gateway, "ses_1");
  const v1::OpenSession request = relay.NextOpen();
  gateway->CancelOpen("ses_1");
  CHECK(Get(std::move(cancelled)).status().code() == absl::StatusCode::kCancelled);
  FakeTunnel late = relay.Tunnel();
  late.Opened(request);
  CHECK(late.Finish().error_code() == grpc::StatusCode::NOT_FOUND);

  auto lost = StartOpen(gateway, "ses_3");
  relay.NextOpen();
  relay.Vanish();
  CHECK(Get(std::move(lost)).status().code() == absl::StatusCode::kUnavailable);
  gateway.AwaitRelays(0);
  CHECK(Get(StartOpen(gateway, "ses_4")).status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("an opening that the relay never answers times out") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto timed_out = StartOpen(gateway, "ses_2", absl::Milliseconds(1));
  auto answering = std::async(std::launch::async, [&] { while (relay.Next()) {} });
  CHECK(Get(std::move(timed_out)).status().code() == absl::StatusCode::kDeadlineExceeded);
  gateway->Shutdown();
  answering.wait();
}

TEST_CASE("a lost relay fails its doors and its kills") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  FakeTunnel tunnel = relay.Tunnel();
  REQUIRE(tunnel.Opened(relay.NextOpen()));
  auto door = Get(std::move(opening));
  REQUIRE(door.ok());
  std::promise<absl::Status> killed;
  gateway->Kill("ses_1", v1::KillSession::SCOPE_QUERY, [&](absl::Status status) { killed.set_value(status); });
  auto waiting = Start((*door)->Receive());
  relay.Vanish();
  CHECK(Get(std::move(waiting)).status().code() == absl::StatusCode::kUnavailable);
  CHECK_FALSE(Get(killed.get_future()).ok());
}

TEST_CASE("a kill is answered by the relay, or by time") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  auto opening = StartOpen(gateway, "ses_1");
  FakeTunnel tunnel = relay.Tunnel();
  REQUIRE(tunnel.Opened(relay.NextOpen()));
  auto door = Get(std::move(opening));
  REQUIRE(door.ok());
  std::promise<absl::Status> first;
  gateway->Kill("ses_1", v1::KillSession::SCOPE_CONNECTION, [&](absl::Status status) { first.set_value(status); });
  const auto command = relay.Next();
  REQUIRE(command.has_value());
  CHECK(command->kill_session().scope() == v1::KillSession::SCOPE_CONNECTION);
  v1::RelayEvent result;
  result.mutable_kill_result()->set_request_id(command->kill_session().request_id());
  result.mutable_kill_result()->set_done(true);
  relay.Send(result);
  CHECK(Get(first.get_future()).ok());
  std::promise<absl::Status> second;
  gateway->Kill("ses_1", v1::KillSession::SCOPE_QUERY, [&](absl::Status status) { second.set_value(status); });
  auto listening = std::async(std::launch::async, [&] { while (relay.Next()) {} });
  CHECK(Get(second.get_future()).code() == absl::StatusCode::kDeadlineExceeded);
  gateway->Shutdown();
  listening.wait();
}

TEST_CASE("a proof is confirmed when it is recorded, and not before") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  const auto proof = [](const std::string& session, const std::string& target) {
    v1::RelayEvent event;
    event.mutable_close_proof()->set_session_id(session);
    event.mutable_close_proof()->set_target(target);
    event.mutable_close_proof()->set_thread_id(5);
    return event;
  };
  relay.Send(proof("ses_unrecorded", "orders"));
  relay.Send(proof("ses_foreign", "mail"));
  relay.Send(proof("ses_good", "orders"));
  CHECK(relay.Next()->has_welcome());
  CHECK(relay.Next()->close_proof_received().session_id() == "ses_good");
}

TEST_CASE("a relay that says nothing is let go") {
  Gateway gateway(absl::Milliseconds(100));
  FakeRelay relay(gateway, "r1");
  CHECK_FALSE(relay.Ended().ok());
  gateway.AwaitRelays(0);
}

TEST_CASE("a relay that comes back replaces itself") {
  Gateway gateway;
  FakeRelay before(gateway, "r1");
  gateway.AwaitRelays(1);
  FakeRelay after(gateway, "r1");
  CHECK_FALSE(before.Ended().ok());
  auto opening = StartOpen(gateway, "ses_1");
  const v1::OpenSession request = after.NextOpen();
  FakeTunnel tunnel = after.Tunnel();
  tunnel.Opened(request);
  CHECK(Get(std::move(opening)).ok());
}

TEST_CASE("what relays report is told") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  CHECK_FALSE(gateway->ServerOf("orders").has_value());
  v1::RelayEvent report;
  report.mutable_target_report()->set_target("orders");
  report.mutable_target_report()->set_reachable(true);
  report.mutable_target_report()->mutable_server()->set_version("8.0.40");
  relay.Send(report);
  while (!gateway->ServerOf("orders")) std::this_thread::sleep_for(1ms);
  CHECK(gateway->ServerOf("orders")->version() == "8.0.40");
  for (const v1::TargetStatus& status : gateway->TargetStatuses()) {
    CHECK(status.ready() == (status.name() == "orders"));
    CHECK(status.error().empty() == (status.name() == "orders"));
  }
}

}  // namespace
}  // namespace postern::tunnel
