// A whole session over a real socket: everything but the database, the relay and the disk is the real thing.
#include "gateway/frontend/session.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>

#include "common/mysql/message/column.h"
#include "common/mysql/wire/writer.h"
#include "gateway/approval/make_approvals.h"
#include "gateway/frontend/listener.h"
#include "gateway/policy/load_rules.h"
#include "tests/support/memory_task_store.h"
#include "tests/unit/gateway/catalog/snapshots.h"
#include "tests/unit/gateway/frontend/fakes.h"
#include "tests/unit/gateway/frontend/test_client.h"

namespace postern::frontend {
namespace {

constexpr char kPolicy[] = R"(
version: 1
rules:
  - { name: reads, agents: [bot], targets: [orders], allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: writes, agents: [bot], targets: [orders],
      hold: { verbs: [write], objects: ["shop.*"], reviewers: [dba], approvals: 1, wait: 1m } }
  - { name: never, agents: ["*"], targets: ["*"], deny: { verbs: [ddl, account] } }
access:
  - { agents: [bot], targets: [orders], open: automatic, max_ttl: 1h, idle: 1m, connections: 4 }
)";

std::string Packets(const std::vector<std::string>& payloads) {
  std::string wire;
  uint8_t sequence = 1;
  for (const std::string& payload : payloads) mysql::AppendPacket(wire, mysql::AsBytes(payload), sequence);
  return wire;
}

// One text column and rows of 64 KiB, `bytes` together.
std::string BigResult(size_t bytes) {
  constexpr size_t kRowBytes = 64 * 1024;
  std::vector<std::string> payloads{"\x01", mysql::ColumnDefinition41{.name = "note"}.Encode()};
  std::string row;
  mysql::Writer(row).LenencText(std::string(kRowBytes, 'x'));
  payloads.resize(payloads.size() + bytes / kRowBytes, row);
  payloads.push_back(mysql::OkPacket{.ends_rows = true}.Encode(mysql::capability::kDeprecateEof));
  return Packets(payloads);
}

struct World {
  World() {
    options.server_version = "8.0.40-postern";
    options.insecure_loopback = true;
    options.targets = {"orders"};
    REQUIRE(listener.Start("127.0.0.1", 0).ok());
  }
  ~World() {
    listener.Stop();
    live.EndAll("shutdown");
    while (listener.connections() > 0) std::this_thread::yield();
    threads.Stop();
  }

  std::unique_ptr<TestClient> LoggedIn() {
    auto client = std::make_unique<TestClient>(listener.port());
    REQUIRE(client->LogIn("bot+orders", "pat_secret", "shop"));
    return client;
  }
  v1::Approval AwaitPending() {
    for (;;) {
      const auto pending = approvals->List(v1::Approval::STATE_PENDING, 1);
      if (!pending.empty()) return pending.front();
      std::this_thread::yield();
    }
  }
  // The answer of the relay to a wish for the schema.
  absl::Status ReportSchema(const std::string& target) {
    catalog::Parcel parcel = catalog::Pack(catalog::Shop());
    parcel.begin.set_target(target);
    parcel.begin.set_request(catalogs.Wish(target).request());
    auto incoming = catalogs.Begin("relay-1", parcel.begin);
    if (!incoming.ok()) return incoming.status();
    for (const std::string& chunk : parcel.chunks) {
      if (absl::Status added = (*incoming)->Add(chunk); !added.ok()) return added;
    }
    return (*incoming)->Finish().status();
  }
  void Vote(const std::string& id, bool approve) {
    identity::Principal dba;
    dba.name = "alice";
    dba.kind = v1::PRINCIPAL_KIND_PERSON;
    dba.groups = {"dba"};
    dba.roles = {v1::ROLE_REVIEWER};
    approvals->Vote(id, dba, approve, "because", [](const absl::StatusOr<v1::Approval>&) {});
  }

  FrontendOptions options;
  OneAgent agent;
  MemoryJournal journal;
  std::shared_ptr<FakeServer> server = std::make_shared<FakeServer>();
  FakeRelays relays{server};
  policy::PolicyInForce policy{*policy::ParseRules(kPolicy, "policy.yaml").value, absl::Now()};
  std::unique_ptr<approval::Approvals> approvals = approval::MakeApprovals(journal, {});
  catalog::Catalogs catalogs{{"orders"}, {}, [this](const std::string& target) { return ReportSchema(target); }};
  masking::MaskKeys mask_keys{std::string(masking::MaskKeys::kSecretBytes, 'k')};
  LiveSessions live{SessionLimits{}};
  store::MemoryTaskStore task_store;
  tasks::Tasks tasks{{task_store, journal, *approvals, policy, {"orders"}, [](const std::string&, const std::string&) {}},
                     {},
                     [] { return absl::Now(); },
                     [](absl::Time) {}};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_RSA_gen(2048), &EVP_PKEY_free};
  Services services{.options = options,
                    .authenticator = agent,
                    .policy = policy,
                    .approvals = *approvals,
                    .journal = journal,
                    .relays = relays,
                    .catalogs = catalogs,
                    .mask_keys = mask_keys,
                    .tasks = tasks,
                    .live = live,
                    .tls = [] { return nullptr; },
                    .rsa_key = key.get()};
  net::IoThreads threads{2};
  Listener listener{threads, services, 64};
};

TEST_CASE("wrong token, unknown agent and another agent's name get the same refusal") {
  World world;
  std::string first;
  for (const auto& [user, secret] : {std::pair("bot+orders", "wrong"), std::pair("bot+orders", "pat_wrong")}) {
    TestClient client(world.listener.port());
    CHECK_FALSE(client.LogIn(user, secret));
    CHECK(client.refusal.code == 1045);
    CHECK(client.refusal.sqlstate == "28000");
    if (first.empty()) first = client.refusal.message;
    CHECK(client.refusal.message == first);
  }
  TestClient stranger(world.listener.port());
  CHECK_FALSE(stranger.LogIn("eve+orders", "pat_secret"));
  CHECK(stranger.refusal.code == 1045);
}

TEST_CASE("a token revoked between its check and the session's registration lets nobody in") {
  World world;
  world.agent.revoked = true;
  TestClient client(world.listener.port());
  CHECK_FALSE(client.LogIn("bot+orders", "pat_secret"));
  CHECK(client.refusal.code == 1045);
  CHECK(world.live.size() == 0);
}

TEST_CASE("names that are no text are recorded as text, and what they refer to is refused all the same") {
  World world;
  TestClient stranger(world.listener.port());
  CHECK_FALSE(stranger.LogIn("b\xff" + std::string(10'000, 'x'), "pat_secret"));
  const auto refused = world.journal.Await([](const v1::Record& r) { return r.has_login_refused(); });
  CHECK(refused.login_refused().user().starts_with("b\\xff"));
  CHECK(refused.login_refused().user().size() < 200);

  const auto client = world.LoggedIn();
  client->Query("SET NAMES latin1");
  CHECK(client->ReadOk());
  client->Query("SELECT 1 FROM `or\xff`, t\xe4");
  CHECK(client->ReadErr().code == 1142);
  for (const v1::Record& record : world.journal.records()) {
    v1::Record again;
    CHECK(again.ParseFromString(record.SerializeAsString()));
  }
}

TEST_CASE("a session whose login could not be answered is gone, and the record says so") {
  World world;
  world.journal.Pause();
  TestClient client(world.listener.port());
  std::thread login([&] { CHECK_THROWS(client.LogIn("bot+orders", "pat_secret")); });
  world.journal.AwaitWaiting();
  client.StopReading();
  login.join();
  client.Reset();
  world.journal.Resume();
  const auto closed = world.journal.Await([](const v1::Record& r) { return r.has_session_closed(); });
  CHECK(closed.session_closed().reason() == "disconnect");
  CHECK(world.live.size() == 0);
}

TEST_CASE("whatever was refused stands in the record with its outcome") {
  World world;
  const auto client = world.LoggedIn();
  client->Send(std::string("\x1b\x00\x00", 3));  // COM_SET_OPTION, multi-statements on
  CHECK(client->ReadErr().code != 0);
  client->Send(std::string("\x17\x09\x00\x00\x00\x00\x01\x00\x00\x00", 10));  // an EXECUTE of nothing prepared
  CHECK(client->ReadErr().code == 1243);
  client->Send(std::string("\x17\x01", 2));
  CHECK(client->ReadErr().code == 1835);
  size_t statements = 0;
  for (const v1::Record& record : world.journal.records()) {
    if (record.has_statement()) ++statements;
    if (!record.has_outcome()) continue;
    const std::string id = record.outcome().statement_id();
    const auto begun = world.journal.Await([&](const v1::Record& r) { return r.statement().statement_id() == id; });
    CHECK(begun.has_statement());
  }
  CHECK(statements == 3);
}

TEST_CASE("an allowed read reaches the server as it was sent, after its record") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("SELECT /* why */ 1 FROM orders");
  CHECK(client->ReadOk());
  CHECK(world.server->Received() == std::vector<std::string>{"\x03SELECT 1 FROM orders"});
  const auto recorded = world.journal.Await([](const v1::Record& r) { return r.has_statement(); });
  CHECK(recorded.statement().text() == "SELECT /* why */ 1 FROM orders");
  CHECK(recorded.statement().decision() == v1::Statement::DECISION_ALLOW);
  CHECK(recorded.statement().rule() == "reads");
}

TEST_CASE("a refused statement opens no door and leaves the connection usable") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("DROP TABLE orders");
  const mysql::ErrPacket error = client->ReadErr();
  CHECK(error.code == 1142);
  CHECK(error.message.find("rule=never") != std::string::npos);
  client->Send("\x0e");
  CHECK(client->ReadOk());
  CHECK(world.server->Opened() == 0);
}

TEST_CASE("what a driver sends as it connects opens no door, and runs first once there is one") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("SET NAMES utf8mb4");
  CHECK(client->ReadOk());
  client->Query("SET AUTOCOMMIT = 0");
  const auto [sequence, answer] = client->ReadPacket();
  CHECK(answer == std::string("\0\0\0\0\0\0\0", 7));  // no status flag: autocommit is off
  client->Query("DROP TABLE orders");
  CHECK(client->ReadErr().code == 1142);
  CHECK(world.server->Opened() == 0);

  client->Query("SELECT 1 FROM orders");
  CHECK(client->ReadOk());
  client->Query("SET AUTOCOMMIT = 1");
  CHECK(client->ReadOk());
  CHECK(world.server->Received() == std::vector<std::string>{"\x03SET NAMES utf8mb4", "\x03SET AUTOCOMMIT = 0",
                                                             "\x03SELECT 1 FROM orders", "\x03SET AUTOCOMMIT = 1"});
}

TEST_CASE("a setting that the server does not take after all ends the session, and nothing runs without it") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("SET AUTOCOMMIT = 0");
  CHECK(client->ReadOk());
  world.server->replies.push_back(Packets({mysql::ErrPacket{1193, "HY000", "no such variable"}.Encode()}));
  client->Query("SELECT 1 FROM orders");
  CHECK(client->ReadErr().message.find("SET AUTOCOMMIT = 0 did not run: no such variable") != std::string::npos);
  CHECK(world.server->Received() == std::vector<std::string>{"\x03SET AUTOCOMMIT = 0"});
}

TEST_CASE("an agent that takes none of its result is cut off") {
  World world;
  world.options.write_timeout = absl::Milliseconds(50);
  world.server->replies.push_back(BigResult(64 << 20));
  const auto client = world.LoggedIn();
  client->Query("SELECT note FROM orders");
  const auto closed = world.journal.Await([](const v1::Record& r) { return r.has_session_closed(); });
  CHECK(closed.session_closed().reason() == "disconnect");
}

TEST_CASE("what cannot be recorded does not run, and runs again once it can") {
  World world;
  const auto client = world.LoggedIn();
  world.journal.SetHealth(absl::ResourceExhaustedError("disk full"));
  client->Query("SELECT 1 FROM orders");
  CHECK(client->ReadErr().message.find("rule=recording") != std::string::npos);
  CHECK(world.server->Received().empty());
  world.journal.SetHealth(absl::OkStatus());
  client->Query("SELECT 2 FROM orders");
  CHECK(client->ReadOk());
  CHECK(world.server->Received() == std::vector<std::string>{"\x03SELECT 2 FROM orders"});
}

TEST_CASE("a held write runs when approved, byte for byte what the reviewer saw") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("UPDATE orders SET status='x' WHERE id=1");
  const v1::Approval asked = world.AwaitPending();
  CHECK(asked.statement() == "UPDATE orders SET status='x' WHERE id=1");
  CHECK(world.server->Received().empty());
  world.Vote(asked.id(), true);
  CHECK(client->ReadOk());
  CHECK(world.server->Received() == std::vector<std::string>{"\x03" + asked.statement()});
}

TEST_CASE("a denied write does not run and the session goes on") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("DELETE FROM orders WHERE id=1");
  world.Vote(world.AwaitPending().id(), false);
  const mysql::ErrPacket error = client->ReadErr();
  CHECK(error.code == 1142);
  CHECK(error.message.find("decision=denied") != std::string::npos);
  CHECK(world.server->Received().empty());
  client->Query("SELECT 1 FROM orders");
  CHECK(client->ReadOk());
}

TEST_CASE("an agent that leaves takes its held statement with it") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("DELETE FROM orders WHERE id=1");
  const std::string id = world.AwaitPending().id();
  client->Close();
  world.journal.Await([](const v1::Record& r) { return r.has_session_closed(); });
  CHECK(world.approvals->Get(id)->state() == v1::Approval::STATE_VOID);
  world.Vote(id, true);
  CHECK(world.server->Received().empty());
}

TEST_CASE("KILL QUERY from the agent's other session interrupts a hold, by the greeting's id") {
  World world;
  const auto held = world.LoggedIn();
  held->Query("DELETE FROM orders WHERE id=1");
  world.AwaitPending();
  const auto opened = world.journal.Await([](const v1::Record& r) { return r.has_session_opened(); });
  const auto other = world.LoggedIn();
  other->Query("KILL QUERY " + std::to_string(opened.session_opened().connection_id()));
  CHECK(other->ReadOk());
  CHECK(held->ReadErr().code == 1317);
  other->Query("KILL QUERY 3");
  CHECK(other->ReadErr().code == 1094);
}

TEST_CASE("KILL cannot be prepared past the gateway") {
  World world;
  const auto client = world.LoggedIn();
  client->Send("\x16KILL 14");
  CHECK(client->ReadErr().message.find("cannot be prepared") != std::string::npos);
  CHECK(world.server->Received().empty());
}

TEST_CASE("an agent that leaves behind more than may wait takes its held statement with it") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("DELETE FROM orders WHERE id=1");
  const std::string id = world.AwaitPending().id();
  client->SendWhatItTakes("\x03SELECT '" + std::string(300'000, 'x') + "'");
  client->Close();
  world.journal.Await([](const v1::Record& r) { return r.has_session_closed(); });
  CHECK(world.approvals->Get(id)->state() == v1::Approval::STATE_VOID);
  CHECK(world.server->Received().empty());
}

TEST_CASE("a schema's name that a server would read as another is refused, at login and later") {
  World world;
  TestClient stranger(world.listener.port());
  CHECK_FALSE(stranger.LogIn("bot+orders", "pat_secret", "shop\xff"));
  CHECK(stranger.refusal.code == 1049);
  const auto client = world.LoggedIn();
  client->Send("\x02shop\xff");
  CHECK(client->ReadErr().message.find("rule=unparsed") != std::string::npos);
  CHECK(world.server->Opened() == 0);
}

TEST_CASE("several statements in one packet are refused whole") {
  World world;
  const auto client = world.LoggedIn();
  client->Query("SELECT 1 FROM orders; SELECT 2 FROM orders");
  CHECK(client->ReadErr().code == 1142);
  CHECK(world.server->Received().empty());
}

TEST_CASE("unknown commands and broken ones are answered, and reach nothing") {
  World world;
  const auto client = world.LoggedIn();
  for (const char command : {'\x08', '\x12', '\x1e', '\x20', '\xfe'}) {
    client->Send(std::string(1, command) + "abc");
    CHECK(client->ReadErr().code == 1047);
  }
  client->Send(std::string("\x17\x01", 2));
  CHECK(client->ReadErr().code == 1835);
  CHECK(world.server->Opened() == 0);
}

TEST_CASE("a session ended from outside tells the agent why") {
  World world;
  const auto client = world.LoggedIn();
  const auto opened = world.journal.Await([](const v1::Record& r) { return r.has_session_opened(); });
  CHECK(world.live.End(opened.session_id(), "terminated") == 1);
  CHECK(client->ReadErr().code == 3169);
  const auto closed = world.journal.Await([](const v1::Record& r) { return r.has_session_closed(); });
  CHECK(closed.session_closed().reason() == "terminated");
}

}  // namespace
}  // namespace postern::frontend
