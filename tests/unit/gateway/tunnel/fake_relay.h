// The gateway's side of the link in this process, and a relay made of plain generated stubs that speaks to it.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_TUNNEL_FAKE_RELAY_H_
#define POSTERN_TESTS_UNIT_GATEWAY_TUNNEL_FAKE_RELAY_H_

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
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/net/io_threads.h"
#include "gateway/tunnel/relays.h"
#include "proto/postern/v1/relay.grpc.pb.h"

namespace postern::tunnel {

inline constexpr auto kPatience = std::chrono::seconds(10);

class Events : public DoorEvents {
 public:
  void OnCloseProof(const std::string&, const v1::CloseProof& proof,
                    absl::AnyInvocable<void(absl::Status)> recorded) override {
    recorded(proof.session_id() == "ses_unrecorded" ? absl::UnavailableError("disk full") : absl::OkStatus());
  }
};

class Gateway {
 public:
  explicit Gateway(absl::Duration heartbeat_interval = absl::Seconds(30), size_t relays = 8,
                   CatalogSink* catalogs = nullptr) {
    RelaysOptions options;
    options.heartbeat_interval = heartbeat_interval;
    options.relays = relays;
    options.catalogs = catalogs;
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
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
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
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
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
  // A report of these chunks, after which the relay has no more to say.
  grpc::Status Report(const std::vector<v1::CatalogChunk>& chunks, v1::CatalogReceived* received) {
    grpc::ClientContext context;
    context.AddMetadata("relay", name_);
    const auto stream = stub_->ReportCatalog(&context, received);
    for (const v1::CatalogChunk& chunk : chunks) stream->Write(chunk);
    stream->WritesDone();
    return stream->Finish();
  }
  // One that is begun; the caller goes on with it.
  std::unique_ptr<grpc::ClientWriter<v1::CatalogChunk>> StartReport(grpc::ClientContext& context, const v1::CatalogChunk& first,
                                                                    v1::CatalogReceived* received) {
    context.AddMetadata("relay", name_);
    auto stream = stub_->ReportCatalog(&context, received);
    stream->Write(first);
    return stream;
  }
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

inline net::IoThreads& SessionThreads() {
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

inline std::future<MaybeDoor> StartOpen(Gateway& gateway, const std::string& session, absl::Duration timeout = absl::Seconds(5)) {
  return Start(gateway->Open({session, "orders", "bot", "tsk_1", 0x1234, 45, "shop", timeout, {}}));
}

inline std::string Text(const Piece& piece) {
  return {reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size()};
}

}  // namespace postern::tunnel

#endif  // POSTERN_TESTS_UNIT_GATEWAY_TUNNEL_FAKE_RELAY_H_
