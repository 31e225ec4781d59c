// A gateway's tunnel, a relay and a database, joined over mutual TLS; and what a test asks of them.
#ifndef POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_LINKED_STACK_H_
#define POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_LINKED_STACK_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/mysql/capabilities.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/packet.h"
#include "common/net/io_threads.h"
#include "gateway/tunnel/relays.h"
#include "relay-agent/credential/password_file.h"
#include "relay-agent/link/relay.h"
#include "tests/unit/relay-agent/link/private_database.h"

namespace postern::relay {

using tunnel::Door;

inline constexpr auto kPatience = std::chrono::seconds(15);
inline constexpr char kPassword[] = "correct horse battery staple";

// One database for all tests, with a user that only the relay knows.
inline PrivateDatabase& Database() {
  static PrivateDatabase database;
  static const bool prepared = [] {
    database.Run("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY, x INT); INSERT INTO shop.t VALUES (1, 10);"
                 "CREATE USER 'postern'@'127.0.0.1' IDENTIFIED BY '" + std::string(kPassword) + "';"
                 "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO 'postern'@'127.0.0.1'");
    database.MakeCertificate("gateway", "DNS:localhost,IP:127.0.0.1");
    database.MakeCertificate("relay", "URI:spiffe://postern.test/relay/relay-1");
    std::ofstream(database.dir() + "/password") << kPassword << "\n";
    return true;
  }();
  (void)prepared;
  return database;
}

inline std::string Read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Waits for what no callback tells.
template <class Predicate>
void Until(Predicate happened) {
  for (const auto until = std::chrono::steady_clock::now() + kPatience; !happened();) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

class Proofs : public tunnel::DoorEvents {
 public:
  void OnCloseProof(const std::string& relay, const v1::CloseProof& proof,
                    absl::AnyInvocable<void(absl::Status)> recorded) override {
    CHECK(relay == "relay-1");
    std::lock_guard lock(mutex_);
    proofs_[proof.session_id()] = proof;
    changed_.notify_all();
    recorded(recording_ ? absl::OkStatus() : absl::UnavailableError("no disk"));
  }
  v1::CloseProof Of(const std::string& session) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return proofs_.count(session) > 0; }));
    return proofs_[session];
  }
  void SetRecording(bool works) {
    std::lock_guard lock(mutex_);
    recording_ = works;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool recording_ = true;
  std::map<std::string, v1::CloseProof> proofs_;
};

class Gateway {
 public:
  explicit Gateway(int port = 0, tunnel::CatalogSink* catalogs = nullptr) {
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = Read(Database().TlsFile("ca.pem"));
    options.pem_key_cert_pairs.push_back({Read(Database().TlsFile("gateway.key")), Read(Database().TlsFile("gateway.pem"))});
    relays_ = tunnel::MakeRelays({{"orders", {"relay-1"}}, {"others", {"relay-2"}}}, proofs, {.catalogs = catalogs});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::SslServerCredentials(options), &port_);
    builder.RegisterService(relays_->service());
    builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 256 * 1024);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    server_ = builder.BuildAndStart();
    REQUIRE(server_ != nullptr);
  }
  ~Gateway() {
    relays_->Shutdown();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
  }

  tunnel::Relays& relays() { return *relays_; }
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Until the relay is connected and its database was reached.
  void AwaitReady() {
    Until([this] { return relays_->ServerOf("orders").has_value(); });
  }

  Proofs proofs;

 private:
  std::unique_ptr<tunnel::Relays> relays_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

inline Target OrdersTarget() {
  Target target;
  target.name = "orders";
  target.host = "127.0.0.1";
  target.port = Database().port();
  target.credential = std::make_shared<PasswordFile>("postern", Database().dir() + "/password");
  target.database = "shop";
  target.tls_mode = tls::ClientMode::kVerifyFull;
  target.tls_files.ca = Database().ca();
  return target;
}

inline RelayOptions OptionsFor(const std::string& gateway, const Target& target = OrdersTarget()) {
  RelayOptions options;
  options.gateways = {gateway};
  options.targets["orders"] = target;
  options.ledger_folder = Database().dir() + "/doors";
  options.lease_folder = Database().dir() + "/leases";
  options.link.first_wait = absl::Milliseconds(50);
  options.link.longest_wait = absl::Milliseconds(200);
  options.link.resend_interval = absl::Milliseconds(300);
  options.link.credentials = [](const std::string&) -> absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> {
    return grpc::SslCredentials({Read(Database().TlsFile("ca.pem")), Read(Database().TlsFile("relay.key")),
                                 Read(Database().TlsFile("relay.pem"))});
  };
  return options;
}

inline std::unique_ptr<Relay> StartRelay(const RelayOptions& options) {
  auto relay = Relay::Start(options);
  REQUIRE(relay.ok());
  return *std::move(relay);
}

inline size_t LedgerSize() {
  size_t size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Database().dir() + "/doors")) size += entry.path().extension() == ".door";
  return size;
}

inline mysql::Capabilities AgentCapabilities() {
  return mysql::GatewayCapabilities({}) & ~mysql::capability::kQueryAttributes;
}

inline net::IoThreads& SessionThreads() {
  static net::IoThreads threads(1);
  return threads;
}

template <class T>
T Await(asio::awaitable<T> work) {
  auto future = asio::co_spawn(SessionThreads().Next(), std::move(work), asio::use_future);
  REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
  return future.get();
}

inline tunnel::DoorRequest Request(const std::string& session, const std::string& target = "orders") {
  return {session, target, "orders-bot", "tsk_1", AgentCapabilities(), 45, "", absl::Seconds(5), {{"postern_session", session}}};
}

inline std::unique_ptr<Door> OpenDoor(Gateway& gateway, const std::string& session) {
  auto door = Await(gateway.relays().Open(Request(session)));
  INFO(door.status().ToString());
  REQUIRE(door.ok());
  return *std::move(door);
}

inline std::string QueryPacket(const std::string& sql) {
  std::string bytes;
  uint8_t sequence = 0;
  mysql::AppendPacket(bytes, mysql::AsBytes("\x03" + sql), sequence);
  return bytes;
}

// All packets of a reply that is OK, ERR or one result.
inline asio::awaitable<absl::StatusOr<std::vector<std::string>>> ReceiveReply(Door& door) {
  mysql::PacketAssembler packets(1 << 20);
  std::vector<std::string> reply;
  for (;;) {
    auto packet = packets.Next();
    if (!packet.ok()) co_return packet.status();
    if (!packet->has_value()) {
      auto piece = co_await door.Receive();
      if (!piece.ok()) co_return piece.status();
      packets.Append(piece->bytes);
      continue;
    }
    reply.emplace_back(mysql::AsText((*packet)->payload));
    const auto head = static_cast<uint8_t>(reply.back().empty() ? 0 : reply.back()[0]);
    const bool ends = head == mysql::kErrHeader || (reply.size() == 1 ? head == mysql::kOkHeader : head == mysql::kEofHeader);
    if (ends) co_return reply;
  }
}

inline asio::awaitable<absl::StatusOr<std::vector<std::string>>> AskAsync(Door& door, std::string sql) {
  absl::Status sent = co_await door.Send(QueryPacket(sql));
  if (!sent.ok()) co_return sent;
  co_return co_await ReceiveReply(door);
}

// The one value of the one row.
inline std::string AskValue(Door& door, const std::string& sql) {
  auto reply = Await(AskAsync(door, sql));
  INFO(sql << ": " << reply.status());
  REQUIRE(reply.ok());
  INFO((*reply)[0]);
  REQUIRE(reply->size() >= 3);
  return reply->at(reply->size() - 2).substr(1);
}

inline bool ThreadThere(uint64_t id) {
  return Database().Run("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID=" + std::to_string(id)) == "1";
}

inline std::string SleepingThread() {
  return Database().Run("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'");
}

}  // namespace postern::relay

#endif  // POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_LINKED_STACK_H_
