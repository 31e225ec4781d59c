// Relays as they come and go: who is welcome, what is told of them, and kills and proofs on their lines.
#include <catch2/catch.hpp>
#include <future>

#include "tests/unit/gateway/tunnel/fake_relay.h"

namespace postern::tunnel {
namespace {

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
  while (!gateway->ServerOf("orders")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(gateway->ServerOf("orders")->version() == "8.0.40");
  for (const v1::TargetStatus& status : gateway->TargetStatuses()) {
    CHECK(status.ready() == (status.name() == "orders"));
    CHECK(status.error().empty() == (status.name() == "orders"));
  }
}

TEST_CASE("relays are bounded, and one that comes back is not one more") {
  Gateway gateway(absl::Seconds(30), 1);
  FakeRelay first(gateway, "r1");
  gateway.AwaitRelays(1);
  FakeRelay second(gateway, "r2");
  CHECK(second.Ended().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  FakeRelay again(gateway, "r1");
  CHECK(again.Next()->has_welcome());
  CHECK_FALSE(first.Ended().ok());
}

}  // namespace
}  // namespace postern::tunnel
