// An event on one thread: one coroutine waits, others on the same thread notify. A notification that comes before the
// wait is kept; several are one.
#ifndef POSTERN_GATEWAY_FRONTEND_WAKE_H_
#define POSTERN_GATEWAY_FRONTEND_WAKE_H_

#include <absl/functional/any_invocable.h>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

namespace postern::frontend {

class Wake {
 public:
  explicit Wake(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void Notify() {
    if (!waiter_) {
      notified_ = true;
      return;
    }
    asio::post(executor_, std::exchange(waiter_, nullptr));
  }

  asio::awaitable<void> Wait() {
    if (std::exchange(notified_, false)) co_return;
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
        [this](auto handler) { waiter_ = std::move(handler); }, asio::use_awaitable);
  }

 private:
  asio::any_io_executor executor_;
  bool notified_ = false;
  absl::AnyInvocable<void()> waiter_;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_WAKE_H_
