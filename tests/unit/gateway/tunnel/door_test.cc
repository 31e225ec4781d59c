// A door that is open: what passes, and how it ends.
#include <catch2/catch.hpp>
#include <future>

#include "tests/unit/gateway/tunnel/fake_relay.h"

namespace postern::tunnel {
namespace {

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
  while (gateway->open_doors() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
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

}  // namespace
}  // namespace postern::tunnel
