#include "common/net/mailbox.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/use_future.hpp>
#include <asio/this_coro.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "common/net/io_threads.h"

namespace postern::net {
namespace {

asio::awaitable<std::vector<int>> TakeMany(Mailbox<int>* box, int count) {
  std::vector<int> taken;
  for (int i = 0; i < count; ++i) taken.push_back(co_await box->Take());
  co_return taken;
}

TEST_CASE("values arrive in order, whether put before or after the taker waits") {
  IoThreads threads(1);
  auto& io = threads.Next();
  Mailbox<int> box(io.get_executor());
  box.Put(1);
  box.Put(2);
  auto taken = asio::co_spawn(io, TakeMany(&box, 4), asio::use_future);
  box.Put(3);
  box.Put(4);
  CHECK(taken.get() == std::vector<int>{1, 2, 3, 4});
  CHECK_FALSE(box.HasMail());
}

TEST_CASE("many threads may put while one coroutine takes") {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  IoThreads threads(2);
  auto& io = threads.Next();
  Mailbox<int> box(io.get_executor());
  auto taken = asio::co_spawn(io, TakeMany(&box, kThreads * kEach), asio::use_future);
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&box, t] {
      for (int i = 0; i < kEach; ++i) box.Put(t * kEach + i);
    });
  }
  for (auto& writer : writers) writer.join();

  std::vector<int> last(kThreads, -1);
  for (int value : taken.get()) {
    const auto writer = static_cast<size_t>(value / kEach);
    CHECK(value > last[writer]);
    last[writer] = value;
  }
}

asio::awaitable<int> TakeFromOwn(std::function<void(Mailbox<int>*)> hand_out) {
  Mailbox<int> own(co_await asio::this_coro::executor);
  hand_out(&own);
  co_return co_await own.Take();
}

TEST_CASE("a taker may destroy the mailbox as soon as it has its value") {
  IoThreads threads(1);
  auto& io = threads.Next();
  for (int i = 0; i < 2000; ++i) {
    std::promise<Mailbox<int>*> box;
    auto taken = asio::co_spawn(io, TakeFromOwn([&](Mailbox<int>* own) { box.set_value(own); }), asio::use_future);
    box.get_future().get()->Put(i);
    CHECK(taken.get() == i);
  }
}

}  // namespace
}  // namespace postern::net
