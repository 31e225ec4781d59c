// A large result on its way from a real database to a reader that takes its time.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "tests/unit/relay-agent/link/linked_stack.h"

namespace postern::relay {
namespace {

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

// Between two writes a thread that is not stuck is in other states: a run of looks tells.
void AwaitStuckWriting(uint64_t thread) {
  constexpr int kLooks = 10;
  const std::string state = "SELECT STATE FROM information_schema.PROCESSLIST WHERE ID=" + std::to_string(thread);
  int looks = 0;
  Until([&] {
    const std::string now = Database().Run(state);
    looks = now == "Writing to net" || now == "Sending to client" ? looks + 1 : 0;  // MariaDB's words, MySQL's
    return looks == kLooks;
  });
}

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
  // Nobody reads: what is under way fills up, and the server's thread is left writing.
  AwaitStuckWriting(door->opened().thread_id);
  CHECK(resident() < before + (16 << 20));
  CHECK(Await(ReceiveBytes(*door, 255u << 20)) >= 255u << 20);
  CHECK(resident() < before + (64 << 20) + kSanitizerBytes);
}

}  // namespace
}  // namespace postern::relay
