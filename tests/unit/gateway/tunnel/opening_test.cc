// How a session gets its door, and how it learns that it gets none.
#include <asio/post.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "tests/unit/gateway/tunnel/fake_relay.h"

namespace postern::tunnel {
namespace {

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

TEST_CASE("a session that ends between two relays asks no further one") {
  Gateway gateway;
  FakeRelay one(gateway, "r1");
  FakeRelay two(gateway, "r2");
  gateway.AwaitRelays(2);
  auto opening = StartOpen(gateway, "ses_1");
  const v1::OpenSession request = one.NextOpen();
  // The session's thread is busy, so that it learns of the first relay's refusal only after it was cancelled.
  std::promise<void> free;
  asio::post(SessionThreads().Next(), [&] { free.get_future().wait(); });
  v1::RelayEvent refused;
  refused.mutable_open_refused()->set_session_id(request.session_id());
  refused.mutable_open_refused()->set_error("full");
  one.Send(refused);
  v1::RelayEvent report;  // events of a relay are handled in their order
  report.mutable_target_report()->set_target("orders");
  report.mutable_target_report()->set_reachable(true);
  one.Send(report);
  while (!gateway->ServerOf("orders")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  gateway->CancelOpen("ses_1");
  free.set_value();
  CHECK(Get(std::move(opening)).status().code() == absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace postern::tunnel
