// How doors into a real database are closed and proven closed, whoever is lost meanwhile.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>

#include "tests/unit/relay-agent/link/linked_stack.h"

namespace postern::relay {
namespace {

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
    REQUIRE(ledger->Add({"ses_left", "orders", "", "", gateway.address(), std::stoull(thread), identity, absl::Now()}).ok());
  }
  const auto relay = StartRelay(options);
  CHECK(gateway.proofs.Of("ses_left").state() == v1::CloseProof::STATE_KILLED);
  CHECK_FALSE(ThreadThere(std::stoull(thread)));
  left.wait();
  Until([] { return LedgerSize() == 0; });
}

}  // namespace
}  // namespace postern::relay
