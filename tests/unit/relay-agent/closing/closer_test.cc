// In which order the second connection is used. Nobody listens at the target: kills fail at once, chores do not need it.
#include "relay-agent/closing/closer.h"

#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "relay-agent/credential/password_file.h"

namespace postern::relay {
namespace {

Target Unreachable() {
  Target target;
  target.name = "orders";
  target.host = "127.0.0.1";
  target.port = 1;
  target.tls_mode = tls::ClientMode::kDisabled;
  return target;
}

struct Order {
  void Add(const std::string& what) {
    std::lock_guard lock(mutex);
    happened.push_back(what);
  }
  std::mutex mutex;
  std::vector<std::string> happened;
};

TEST_CASE("a kill goes before a chore, and of several chores that wait one is done") {
  Order order;
  std::promise<void> begun;
  std::promise<void> go_on;
  std::promise<void> first;
  std::promise<void> last;
  Account account("orders", std::make_shared<PasswordFile>("postern", "/dev/null"), nullptr);
  Closer closer(Unreachable(), account, [](const DoorRecord&, const v1::CloseProof&) {}, [](uint64_t) { return false; });
  closer.RunWhenFree([&](SecondConnection&) {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  closer.RunWhenFree([&](SecondConnection&) {
    order.Add("first chore");
    first.set_value();
  });
  closer.RunWhenFree([&](SecondConnection&) { order.Add("second chore"); });
  closer.Kill(7, v1::KillSession::SCOPE_QUERY, nullptr, [&](const absl::Status& status) {
    CHECK_FALSE(status.ok());
    order.Add("kill");
  });
  go_on.set_value();
  first.get_future().wait();
  closer.RunWhenFree([&](SecondConnection&) { last.set_value(); });
  last.get_future().wait();
  CHECK(order.happened == std::vector<std::string>{"kill", "first chore"});
}

TEST_CASE("kills that wait are bounded, and one too many is told so at once") {
  std::promise<void> begun;
  std::promise<void> go_on;
  size_t turned_away = 0;
  constexpr size_t kMany = 5000;
  {
    Account account("orders", std::make_shared<PasswordFile>("postern", "/dev/null"), nullptr);
  Closer closer(Unreachable(), account, [](const DoorRecord&, const v1::CloseProof&) {}, [](uint64_t) { return false; });
    closer.RunWhenFree([&](SecondConnection&) {
      begun.set_value();
      go_on.get_future().wait();
    });
    begun.get_future().wait();
    for (size_t i = 0; i < kMany; ++i) {
      closer.Kill(i, v1::KillSession::SCOPE_QUERY, nullptr, [&](const absl::Status& status) {
        if (absl::IsResourceExhausted(status)) ++turned_away;
      });
    }
    CHECK(turned_away > 0);
    CHECK(turned_away < kMany);
    go_on.set_value();
  }
}

}  // namespace
}  // namespace postern::relay
