// Gateway's tunnel and relay against a real database, over mutual TLS: what a session's coroutine relies on.
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <set>

#include "common/mysql/capabilities.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/packet.h"
#include "common/net/io_threads.h"
#include "gateway/tunnel/relays.h"
#include "relay-agent/link/relay.h"
#include "tests/unit/relay-agent/link/private_database.h"

namespace postern::relay {
namespace {

using tunnel::Door;
using namespace std::chrono_literals;

constexpr auto kPatience = 15s;
const char* const kPassword = "correct horse battery staple";

// One database for all tests, with a user that only the relay knows.
PrivateDatabase& Database() {
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

std::string Read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Waits for what no callback tells.
template <class Predicate>
void Until(Predicate happened) {
  for (const auto until = std::chrono::steady_clock::now() + kPatience; !happened();) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(2ms);
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
  explicit Gateway(int port = 0) {
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = Read(Database().TlsFile("ca.pem"));
    options.pem_key_cert_pairs.push_back({Read(Database().TlsFile("gateway.key")), Read(Database().TlsFile("gateway.pem"))});
    relays_ = tunnel::MakeRelays({{"orders", {"relay-1"}}, {"others", {"relay-2"}}}, proofs);
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
    server_->Shutdown(std::chrono::system_clock::now() + 1s);
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

Target OrdersTarget() {
  Target target;
  target.name = "orders";
  target.host = "127.0.0.1";
  target.port = Database().port();
  target.user = "postern";
  target.password_file = Database().dir() + "/password";
  target.database = "shop";
  target.tls_mode = tls::ClientMode::kVerifyFull;
  target.tls_files.ca = Database().ca();
  return target;
}

RelayOptions OptionsFor(const std::string& gateway, const Target& target = OrdersTarget()) {
  RelayOptions options;
  options.gateways = {gateway};
  options.targets["orders"] = target;
  options.ledger_folder = Database().dir() + "/doors";
  options.link.first_wait = absl::Milliseconds(50);
  options.link.longest_wait = absl::Milliseconds(200);
  options.link.resend_interval = absl::Milliseconds(300);
  options.link.credentials = []() -> absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> {
    return grpc::SslCredentials({Read(Database().TlsFile("ca.pem")), Read(Database().TlsFile("relay.key")),
                                 Read(Database().TlsFile("relay.pem"))});
  };
  return options;
}

std::unique_ptr<Relay> StartRelay(const RelayOptions& options) {
  auto relay = Relay::Start(options);
  REQUIRE(relay.ok());
  return *std::move(relay);
}

size_t LedgerSize() {
  size_t size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Database().dir() + "/doors")) size += entry.path().extension() == ".door";
  return size;
}

mysql::Capabilities AgentCapabilities() {
  return mysql::GatewayCapabilities({}) & ~mysql::capability::kQueryAttributes;
}

net::IoThreads& SessionThreads() {
  static net::IoThreads threads(1);
  return threads;
}

template <class T>
T Await(asio::awaitable<T> work) {
  auto future = asio::co_spawn(SessionThreads().Next(), std::move(work), asio::use_future);
  REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
  return future.get();
}

tunnel::DoorRequest Request(const std::string& session, const std::string& target = "orders") {
  return {session, target, "orders-bot", AgentCapabilities(), 45, "", absl::Seconds(5), {{"postern_session", session}}};
}

std::unique_ptr<Door> OpenDoor(Gateway& gateway, const std::string& session) {
  auto door = Await(gateway.relays().Open(Request(session)));
  INFO(door.status().ToString());
  REQUIRE(door.ok());
  return *std::move(door);
}

std::string QueryPacket(const std::string& sql) {
  std::string bytes;
  uint8_t sequence = 0;
  mysql::AppendPacket(bytes, mysql::AsBytes("\x03" + sql), sequence);
  return bytes;
}

// All packets of a reply that is OK, ERR or one result.
asio::awaitable<absl::StatusOr<std::vector<std::string>>> ReceiveReply(Door& door) {
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

asio::awaitable<absl::StatusOr<std::vector<std::string>>> AskAsync(Door& door, std::string sql) {
  absl::Status sent = co_await door.Send(QueryPacket(sql));
  if (!sent.ok()) co_return sent;
  co_return co_await ReceiveReply(door);
}

// The one value of the one row.
std::string AskValue(Door& door, const std::string& sql) {
  auto reply = Await(AskAsync(door, sql));
  INFO(sql << ": " << reply.status());
  REQUIRE(reply.ok());
  INFO((*reply)[0]);
  REQUIRE(reply->size() >= 3);
  return reply->at(reply->size() - 2).substr(1);
}

bool ThreadThere(uint64_t id) {
  return Database().Run("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID=" + std::to_string(id)) == "1";
}

std::string SleepingThread() {
  return Database().Run("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'");
}

TEST_CASE("a door opens, answers, and is proven closed") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  CHECK(gateway.relays().ServerOf("orders")->version_number() > 50'000);
  auto door = OpenDoor(gateway, "ses_one");
  CHECK(door->opened().relay == "relay-1");
  CHECK(door->opened().server.version() == gateway.relays().ServerOf("orders")->version());
  CHECK(gateway.relays().open_doors() == 1);
  CHECK(AskValue(*door, "SELECT 40 + 2") == "42");
  CHECK(AskValue(*door, "SELECT DATABASE()") == "shop");
  CHECK(AskValue(*door, "SELECT CONNECTION_ID()") == std::to_string(door->opened().thread_id));
  CHECK(AskValue(*door, "SELECT @@session_track_schema") == "1");
  CHECK(LedgerSize() == 1);
  door->Close();
  const v1::CloseProof proof = gateway.proofs.Of("ses_one");
  CHECK(proof.state() == v1::CloseProof::STATE_GONE);
  CHECK(proof.thread_id() == door->opened().thread_id);
  CHECK_FALSE(ThreadThere(proof.thread_id()));
  CHECK(Await(door->Receive()).status().code() == absl::StatusCode::kCancelled);
  CHECK(Await(door->Send("x")).code() == absl::StatusCode::kCancelled);
  relay->Stop(absl::Seconds(5));
  CHECK(LedgerSize() == 0);
}

TEST_CASE("a statement that runs when the door closes is killed") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_busy");
  REQUIRE(Await(door->Send(QueryPacket("SELECT SLEEP(60)"))).ok());
  Until([] { return !SleepingThread().empty(); });
  door = nullptr;
  const v1::CloseProof proof = gateway.proofs.Of("ses_busy");
  CHECK(proof.took_ms() < 2000);
  CHECK_FALSE(ThreadThere(proof.thread_id()));
}

TEST_CASE("a kill stops the statement and leaves the connection") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_kill");
  REQUIRE(Await(door->Send(QueryPacket("SELECT SLEEP(60)"))).ok());
  std::promise<absl::Status> killed;
  Until([] { return !SleepingThread().empty(); });
  gateway.relays().Kill("ses_kill", v1::KillSession::SCOPE_QUERY, [&](absl::Status s) { killed.set_value(s); });
  REQUIRE(killed.get_future().get().ok());
  CHECK(Await(ReceiveReply(*door)).ok());
  CHECK(AskValue(*door, "SELECT 7") == "7");
  std::promise<absl::Status> unknown;
  gateway.relays().Kill("ses_other", v1::KillSession::SCOPE_QUERY, [&](absl::Status s) { unknown.set_value(s); });
  CHECK(unknown.get_future().get().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a reset forgets the session's state and pins it again") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_reset");
  REQUIRE(Await(AskAsync(*door, "SET @a = 5, NAMES gbk, SESSION sql_mode='ANSI_QUOTES'")).ok());
  REQUIRE(AskValue(*door, "SELECT @a") == "5");
  auto reset = Await(door->Reset("information_schema"));
  INFO(reset.status());
  REQUIRE(reset.ok());
  CHECK((*reset & mysql::server_status::kAutocommit) != 0);
  CHECK(AskValue(*door, "SELECT COALESCE(@a, 'nothing')") == "nothing");
  CHECK(AskValue(*door, "SELECT @@character_set_client") == "utf8mb4");
  CHECK(AskValue(*door, "SELECT @@sql_mode") == door->opened().server.sql_mode());
  CHECK(AskValue(*door, "SELECT @@session_track_schema") == "1");
  CHECK(AskValue(*door, "SELECT @@session_track_system_variables").find("sql_mode") != std::string::npos);
  CHECK(AskValue(*door, "SELECT DATABASE()") == "information_schema");
}

asio::awaitable<size_t> ReceiveBytes(Door& door, size_t at_least) {
  size_t total = 0;
  while (total < at_least) {
    auto piece = co_await door.Receive();
    if (!piece.ok()) co_return total;
    total += piece->bytes.size();
  }
  co_return total;
}

#ifdef __SANITIZE_ADDRESS__
// It keeps freed memory for a while.
constexpr size_t kSanitizerBytes = 512u << 20;
#else
constexpr size_t kSanitizerBytes = 0;
#endif

TEST_CASE("a result is only as far ahead as its reader") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_big");
  // 256 MiB, in rows of 1 MiB.
  std::string digits = "(SELECT 0 UNION SELECT 1 UNION SELECT 2 UNION SELECT 3)";
  REQUIRE(Await(door->Send(QueryPacket("SELECT REPEAT('x', 1048576) FROM " + digits + " a, " + digits + " b, " + digits +
                                       " c, " + digits + " d"))).ok());
  const auto resident = [] {
    size_t pages = 0;
    size_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * 4096;
  };
  REQUIRE(Await(ReceiveBytes(*door, 1)) > 0);
  const size_t before = resident();
  // Nobody reads for a while: an event that must not come cannot be awaited, so time has to pass.
  std::this_thread::sleep_for(500ms);
  CHECK(resident() < before + (16 << 20));
  CHECK(Await(ReceiveBytes(*door, 255u << 20)) >= 255u << 20);
  CHECK(resident() < before + (64 << 20) + kSanitizerBytes);
}

TEST_CASE("when the gateway is lost the doors close, and the proofs come with the reconnect") {
  auto gateway = std::make_unique<Gateway>();
  const int port = gateway->port();
  const auto relay = StartRelay(OptionsFor(gateway->address()));
  gateway->AwaitReady();
  auto door = OpenDoor(*gateway, "ses_lost");
  const uint64_t thread = door->opened().thread_id;
  gateway->relays().Shutdown();
  CHECK(Await(door->Receive()).status().code() == absl::StatusCode::kUnavailable);
  door = nullptr;
  gateway = nullptr;
  Until([&] { return !ThreadThere(thread); });
  Gateway again(port);
  again.AwaitReady();
  CHECK(again.proofs.Of("ses_lost").thread_id() == thread);
  auto next = OpenDoor(again, "ses_next");
  CHECK(AskValue(*next, "SELECT 1") == "1");
}

TEST_CASE("a proof is sent until it is recorded") {
  Gateway gateway;
  gateway.proofs.SetRecording(false);
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  OpenDoor(gateway, "ses_again")->Close();
  gateway.proofs.Of("ses_again");
  CHECK(LedgerSize() == 1);
  gateway.proofs.SetRecording(true);
  Until([] { return LedgerSize() == 0; });
}

TEST_CASE("the server's end of a door is the session's news") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address()));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_gone");
  Database().Run("KILL " + std::to_string(door->opened().thread_id));
  while (Await(door->Receive()).ok()) {
  }
  CHECK(Await(door->Receive()).status().code() == absl::StatusCode::kUnavailable);
  CHECK(gateway.proofs.Of("ses_gone").state() == v1::CloseProof::STATE_GONE);
}

TEST_CASE("doors that a killed relay left are swept") {
  Gateway gateway;
  // A thread that is nobody's any more, as after kill -9: here one that sleeps on, under the relay's user.
  const std::string client = "mariadb --no-defaults -h 127.0.0.1 -P " + std::to_string(Database().port()) +
                             " -u postern -p'" + kPassword + "' -e 'SELECT SLEEP(60)' >/dev/null 2>&1";
  auto left = std::async(std::launch::async, [&] { return std::system(client.c_str()); });
  std::string thread;
  Until([&] { return !(thread = SleepingThread()).empty(); });
  RelayOptions options = OptionsFor(gateway.address());
  const std::string identity = Database().Run("SELECT CONCAT_WS('/', @@hostname, @@port, @@server_id)");
  {
    auto ledger = Ledger::Open(options.ledger_folder);
    REQUIRE(ledger.ok());
    REQUIRE(ledger->Add({"ses_left", "orders", gateway.address(), std::stoull(thread), identity, absl::Now()}).ok());
  }
  const auto relay = StartRelay(options);
  CHECK(gateway.proofs.Of("ses_left").state() == v1::CloseProof::STATE_KILLED);
  CHECK_FALSE(ThreadThere(std::stoull(thread)));
  left.wait();
  Until([] { return LedgerSize() == 0; });
}

absl::Status OpenFailure(const Target& target, const std::string& session) {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address(), target));
  Until([&] { return !gateway.relays().RelayStatuses().empty(); });
  auto door = Await(gateway.relays().Open(Request(session)));
  REQUIRE_FALSE(door.ok());
  const std::string text(door.status().message());
  CHECK(text.find("postern") == std::string::npos);
  CHECK(text.find("127.0.0.1") == std::string::npos);
  CHECK(text.find(kPassword) == std::string::npos);
  return door.status();
}

TEST_CASE("why a door did not open is told without secrets") {
  Target target = OrdersTarget();
  SECTION("wrong password") {
    target.password_file = Database().dir() + "/wrong";
    std::ofstream(target.password_file) << "guess\n";
    CHECK(OpenFailure(target, "ses_f1").code() == absl::StatusCode::kPermissionDenied);
  }
  SECTION("nobody listens") {
    target.port = 1;
    CHECK(OpenFailure(target, "ses_f2").code() == absl::StatusCode::kUnavailable);
  }
  SECTION("no such host") {
    target.host = "database.invalid";
    CHECK(OpenFailure(target, "ses_f3").code() == absl::StatusCode::kUnavailable);
  }
  SECTION("no such schema") {
    target.database = "nowhere";
    CHECK(OpenFailure(target, "ses_f4").code() == absl::StatusCode::kPermissionDenied);
  }
  SECTION("a certificate of another authority") {
    target.tls_files.ca = Database().dir() + "/other/ca.pem";
    Shell("bash -c '. " POSTERN_SOURCE_DIR "/deploy/certificates.sh; Ca " + Database().dir() + "/other'");
    CHECK(OpenFailure(target, "ses_f5").code() == absl::StatusCode::kUnavailable);
  }
  SECTION("no password file") {
    target.password_file = Database().dir() + "/none";
    CHECK(OpenFailure(target, "ses_f6").code() == absl::StatusCode::kUnavailable);
  }
}

TEST_CASE("every TLS mode carries a session") {
  Target target = OrdersTarget();
  target.tls_mode = GENERATE(tls::ClientMode::kDisabled, tls::ClientMode::kRequired, tls::ClientMode::kVerifyCa,
                             tls::ClientMode::kVerifyFull);
  target.allow_public_key_retrieval = true;
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address(), target));
  gateway.AwaitReady();
  auto door = OpenDoor(gateway, "ses_tls");
  CHECK(AskValue(*door, "SELECT 1") == "1");
  auto reply = Await(AskAsync(*door, "SHOW STATUS LIKE 'Ssl_cipher'"));
  REQUIRE(reply.ok());
  const bool encrypted = reply->at(reply->size() - 2).size() > sizeof("Ssl_cipher") + 1;
  CHECK(encrypted == (target.tls_mode != tls::ClientMode::kDisabled));
  door->Close();
  CHECK(gateway.proofs.Of("ses_tls").state() == v1::CloseProof::STATE_GONE);
}

TEST_CASE("only granted targets are served, and a limit of doors holds") {
  Gateway gateway;
  Target target = OrdersTarget();
  target.max_doors = 1;
  RelayOptions options = OptionsFor(gateway.address(), target);
  options.targets["others"] = target;
  const auto relay = StartRelay(options);
  gateway.AwaitReady();
  CHECK(Await(gateway.relays().Open(Request("ses_o", "others"))).status().code() == absl::StatusCode::kUnavailable);
  CHECK(Await(gateway.relays().Open(Request("ses_n", "nothing"))).status().code() == absl::StatusCode::kUnavailable);
  auto door = OpenDoor(gateway, "ses_first");
  CHECK(Await(gateway.relays().Open(Request("ses_second"))).status().code() == absl::StatusCode::kUnavailable);
  door->Close();
  gateway.proofs.Of("ses_first");
  Until([&] { return relay->open_doors() == 0; });
  CHECK(AskValue(*OpenDoor(gateway, "ses_third"), "SELECT 3") == "3");
}

}  // namespace
}  // namespace postern::relay
