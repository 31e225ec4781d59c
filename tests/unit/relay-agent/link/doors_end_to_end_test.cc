// Doors through gateway and relay into a real database: how they open, carry and reset, and why they do not.
#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "tests/unit/relay-agent/link/linked_stack.h"

namespace postern::relay {
namespace {

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
  // The relay's own default schema is told, and selected only for who asks for it.
  CHECK(gateway.relays().ServerOf("orders")->default_schema() == "shop");
  CHECK(AskValue(*door, "SELECT COALESCE(DATABASE(), 'none')") == "none");
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

absl::Status OpenFailure(const Target& target, const std::string& session, const std::string& schema = "") {
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address(), target));
  Until([&] { return !gateway.relays().RelayStatuses().empty(); });
  auto request = Request(session);
  request.schema = schema;
  auto door = Await(gateway.relays().Open(std::move(request)));
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
    target.credential = std::make_shared<PasswordFile>("postern", Database().dir() + "/wrong");
    std::ofstream(Database().dir() + "/wrong") << "guess\n";
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
    CHECK(OpenFailure(target, "ses_f4", "nowhere").code() == absl::StatusCode::kPermissionDenied);
  }
  SECTION("a certificate of another authority") {
    target.tls_files.ca = Database().dir() + "/other/ca.pem";
    Shell("bash -c '. " POSTERN_SOURCE_DIR "/deploy/certificates.sh; Ca " + Database().dir() + "/other'");
    CHECK(OpenFailure(target, "ses_f5").code() == absl::StatusCode::kUnavailable);
  }
  SECTION("no password file") {
    target.credential = std::make_shared<PasswordFile>("postern", Database().dir() + "/none");
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
