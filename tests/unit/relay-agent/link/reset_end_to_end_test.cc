// The session's state put back to its beginning, on a connection that stays or that is lost meanwhile.
#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <string>

#include "tests/unit/relay-agent/link/breakable_wire.h"
#include "tests/unit/relay-agent/link/linked_stack.h"

namespace postern::relay {
namespace {

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

TEST_CASE("a database that is lost in the middle of a reset leaves no door behind") {
  BreakableWire wire(Database().port());
  Target target = OrdersTarget();
  target.port = wire.port();
  Gateway gateway;
  const auto relay = StartRelay(OptionsFor(gateway.address(), target));
  gateway.AwaitReady();
  for (int round = 0; round < 10; ++round) {
    auto door = OpenDoor(gateway, "ses_lost_reset_" + std::to_string(round));
    wire.Hold();
    auto resetting = asio::co_spawn(SessionThreads().Next(), door->Reset(""), asio::use_future);
    wire.AwaitHeld();
    wire.Break();
    REQUIRE(resetting.wait_for(kPatience) == std::future_status::ready);
    const absl::Status told = resetting.get().status();
    CHECK(told.code() == absl::StatusCode::kUnavailable);
    CHECK(told.message().find("could not be reset") != std::string::npos);
    Until([&] { return relay->open_doors() == 0; });
  }
}

}  // namespace
}  // namespace postern::relay
